package dev.vls.machine.frames;

import static dev.vls.machine.frames.PageTableEntry.isPresent;
import static dev.vls.machine.frames.PageTableEntry.isWritable;
import static dev.vls.machine.memory.MachineMemory.PAGE_SHIFT;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.vls.machine.hypervisor.Vcpu;

/** Counts all references again from what is in memory, and compares with the frame table. */
public final class FrameAudit {
    private final SmallMachine machine;
    private final FrameTable frames;
    private final PageTypes types;
    private final int[] count;
    private final int[] typeCount;
    private final int[] linear;

    private FrameAudit(SmallMachine machine) {
        this.machine = machine;
        this.frames = machine.manager.frames();
        this.types = machine.manager.types();
        int size = (int) frames.frames();
        this.count = new int[size];
        this.typeCount = new int[size];
        this.linear = new int[size];
    }

    /** Fails if the frame table is not what it should be. */
    public static void check(SmallMachine machine) {
        new FrameAudit(machine).run();
    }

    /**
     * Fails if the frame table is not what it should be.
     *
     * @param devicePages frames that device mappings of grants refer to, once for each
     * @param deviceWritable of these the ones that hold the writable type too
     */
    public static void check(SmallMachine machine, long[] devicePages, long[] deviceWritable) {
        FrameAudit audit = new FrameAudit(machine);
        for (long mfn : devicePages) {
            audit.count[(int) mfn]++;
        }
        for (long mfn : deviceWritable) {
            audit.typeCount[(int) mfn]++;
        }
        audit.run();
    }

    private void run() {
        for (int mfn = 0; mfn < count.length; mfn++) {
            if (frames.owner(mfn) == FrameOwner.GUEST) {
                countHoldings(mfn);
            }
        }
        for (int i = 0; i < machine.domain.vcpuCount(); i++) {
            countVcpu(machine.domain.vcpu(i));
        }
        long guestPages = 0;
        for (int mfn = 0; mfn < count.length; mfn++) {
            if (frames.owner(mfn) == FrameOwner.GUEST) {
                guestPages += frames.isXenHeap(mfn) ? 0 : 1;
                compare(mfn);
            } else if (frames.owner(mfn) == FrameOwner.NONE) {
                assertEquals(0, frames.references(mfn), "references of a free frame");
                assertEquals(0, count[mfn], "uses of a free frame");
            }
        }
        assertEquals(guestPages, frames.guestPages());
    }

    private void compare(int mfn) {
        String name = "frame 0x" + Integer.toHexString(mfn) + " type " + types.type(mfn);
        assertEquals(count[mfn], frames.references(mfn), name + ": references");
        assertEquals(typeCount[mfn], types.references(mfn), name + ": type references");
        if (PageType.isTable(types.type(mfn)) && types.references(mfn) > 0) {
            assertTrue(types.isValidated(mfn), name);
            assertEquals(linear[mfn], frames.linear[mfn], name + ": linear");
        }
        assertTrue(!machine.manager.allocator().isFree(mfn), name + ": free and used");
    }

    private void countHoldings(int mfn) {
        count[mfn] += frames.isAllocated(mfn) ? 1 : 0;
        typeCount[mfn] += frames.isXenHeap(mfn) ? 1 : 0;
        if (types.isPinned(mfn)) {
            count[mfn]++;
            typeCount[mfn]++;
        }
        int level = types.type(mfn);
        if (!PageType.isTable(level) || types.references(mfn) == 0) {
            return;
        }
        for (int slot = 0; slot < PageTableEntry.ENTRIES; slot++) {
            long entry = machine.memory.getLong(((long) mfn << PAGE_SHIFT) + slot * 8L);
            if (isPresent(entry) && PageTables.isGuestSlot(level, slot)) {
                countEntry(mfn, level, entry);
            }
        }
    }

    private void countEntry(int table, int level, long entry) {
        int target = (int) PageTableEntry.mfn(entry);
        assertEquals(entry, PageTableEntry.adjust(level, entry), "an entry is not adjusted");
        if (level == PageType.L1_TABLE) {
            count[target]++;
            if (isWritable(entry)) {
                typeCount[target]++;
                assertEquals(PageType.WRITABLE, types.type(target), "a table is writable");
            }
        } else if (target != table) {
            count[target]++;
            typeCount[target]++;
            if (types.type(target) == level) {
                linear[table]++;
                linear[target]--;
                assertTrue(!isWritable(entry), "a writable linear table");
            } else {
                assertEquals(level - 1, types.type(target), "an entry names no table");
            }
        }
    }

    private void countVcpu(Vcpu vcpu) {
        use(vcpu.guestTableMfn);
        use(vcpu.guestTableUserMfn);
        for (long mfn : vcpu.gdtFrames) {
            use(mfn);
        }
        for (int page = 0; page < DescriptorTables.ldtPages(); page++) {
            use(machine.manager.descriptors().usedLdtFrame(vcpu.id, page));
        }
    }

    private void use(long mfn) {
        if (mfn != 0) {
            count[(int) mfn]++;
            typeCount[(int) mfn]++;
        }
    }
}
