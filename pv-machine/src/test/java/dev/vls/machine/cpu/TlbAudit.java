package dev.vls.machine.cpu;

import static dev.vls.machine.memory.MachineMemory.PAGE_SHIFT;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import dev.vls.machine.memory.MachineMemory;
import dev.vls.machine.memory.Tlb;
import dev.vls.xen.abi.arch.PageTableFlag;

/** Compares what is in a vCPU's TLBs with what the page tables say now. */
public final class TlbAudit {
    private static final long ADDRESS = 0x000f_ffff_ffff_f000L;

    private TlbAudit() {}

    /** Fails if a TLB grants what the page tables do not. */
    public static void check(Cpu cpu) {
        AddressSpaces spaces = cpu.addressSpaces();
        for (int i = 0; i < spaces.count(); i++) {
            if (spaces.get(i).root != AddressSpace.NO_ROOT) {
                checkSpace(cpu.memory(), spaces.get(i));
            }
        }
    }

    private static void checkSpace(MachineMemory memory, AddressSpace space) {
        Tlb tlb = space.tlb;
        for (int slot = 0; slot < Tlb.SLOTS; slot++) {
            if (tlb.readTag[slot] != Tlb.INVALID) {
                long entry = leaf(memory, space.root, tlb.readTag[slot], PageTableFlag.ACCESSED);
                checkFrame(tlb.readTag[slot], entry, tlb.dataFrame(slot));
            }
            if (tlb.writeTag[slot] != Tlb.INVALID) {
                long needed = PageTableFlag.ACCESSED | PageTableFlag.DIRTY | PageTableFlag.RW;
                leaf(memory, space.root, tlb.writeTag[slot], needed);
            }
            if (tlb.executeTag[slot] != Tlb.INVALID) {
                long linear = tlb.executeTag[slot];
                long entry = leaf(memory, space.root, linear, PageTableFlag.ACCESSED);
                assertEquals(0, entry & PageTableFlag.NX, "a page that may not be executed");
                checkFrame(linear, entry, tlb.executeFrame(slot));
            }
        }
    }

    private static void checkFrame(long linear, long entry, long frame) {
        if ((entry & PageTableFlag.PSE) == 0) {
            assertEquals((entry & ADDRESS) >>> PAGE_SHIFT, frame, Long.toHexString(linear));
        }
    }

    private static long leaf(MachineMemory memory, long root, long linear, long needed) {
        long table = root;
        long entry = 0;
        for (int shift = 39; shift >= PAGE_SHIFT; shift -= 9) {
            entry = memory.getLong(table + (linear >>> shift & 511) * 8);
            String name = Long.toHexString(linear) + " shift " + shift;
            assertNotEquals(0, entry & PageTableFlag.PRESENT, name);
            assertNotEquals(0, entry & PageTableFlag.ACCESSED, name);
            if ((needed & PageTableFlag.RW) != 0) {
                assertNotEquals(0, entry & PageTableFlag.RW, name);
            }
            if (shift == 21 && (entry & PageTableFlag.PSE) != 0) {
                return entry;
            }
            table = entry & ADDRESS;
        }
        assertEquals(needed, entry & needed, Long.toHexString(linear));
        return entry;
    }
}
