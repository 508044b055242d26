package dev.vls.machine.frames;

import static dev.vls.machine.memory.MachineMemory.PAGE_SHIFT;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.vls.machine.memory.PageWalker;
import dev.vls.xen.abi.arch.HypervisorAddress;
import dev.vls.xen.abi.arch.PageTableFlag;
import dev.vls.xen.abi.errno.XenErrno;
import org.junit.jupiter.api.Test;

class MemoryManagerTest {
    private static final int PAGES = 64;

    private final SmallMachine machine = new SmallMachine(PAGES, 2);
    private final PageWalker walker = new PageWalker(machine.memory);

    private boolean walk(long linear, int access) {
        return walker.walk(machine.vcpu.cpu.root(0), linear, access);
    }

    @Test
    void theBuiltDomainPassesTheAudit() {
        FrameAudit.check(machine);
        assertEquals(PAGES, machine.manager.reservation().pages());
        assertEquals(PageType.L4_TABLE, machine.manager.types().type(machine.l4Mfn));
    }

    @Test
    void framesDoNotRunParallelToPfns() {
        for (int pfn = 1; pfn < PAGES; pfn++) {
            assertNotEquals(machine.mfns[pfn - 1] + 1, machine.mfns[pfn]);
        }
    }

    @Test
    void theGuestReadsTheM2pAndCannotWriteIt() {
        for (int pfn = 0; pfn < PAGES; pfn++) {
            long linear = HypervisorAddress.MACH2PHYS_VIRT_START + machine.mfns[pfn] * 8;
            assertTrue(walk(linear, PageWalker.READ));
            assertEquals(pfn, machine.memory.getLong(walker.maddr));
            assertFalse(walk(linear, PageWalker.WRITE));
        }
    }

    @Test
    void pageTablesAreReadOnlyAndDataIsWritable() {
        assertTrue(walk(SmallMachine.linear(0), PageWalker.WRITE));
        assertEquals(machine.mfns[0], walker.maddr >>> PAGE_SHIFT);
        assertTrue(walk(SmallMachine.linear(PAGES - 1), PageWalker.READ));
        assertFalse(walk(SmallMachine.linear(PAGES - 1), PageWalker.WRITE));
    }

    @Test
    void aTableCannotBeMappedWritable() {
        EntryUpdates updates = machine.manager.updates();
        long maddr = machine.l1Mfn << PAGE_SHIFT;
        long entry = machine.l4Mfn << PAGE_SHIFT | PageTableFlag.PRESENT | PageTableFlag.RW;
        assertEquals(-XenErrno.EBUSY, updates.updateLeaf(maddr, entry, FrameOwner.GUEST, false));
        FrameAudit.check(machine);
    }

    @Test
    void unmappingAndLettingGoFreesAFrame() {
        long mfn = machine.mfns[3];
        long free = machine.manager.allocator().freeFrames();
        assertTrue(machine.manager.reservation().remove(mfn));
        assertEquals(free, machine.manager.allocator().freeFrames());
        long maddr = (machine.l1Mfn << PAGE_SHIFT) + 3 * 8;
        assertEquals(0, machine.manager.updates().updateLeaf(maddr, 0, FrameOwner.GUEST, false));
        assertEquals(free + 1, machine.manager.allocator().freeFrames());
        assertEquals(PAGES - 1, machine.manager.reservation().pages());
        FrameAudit.check(machine);
    }
}
