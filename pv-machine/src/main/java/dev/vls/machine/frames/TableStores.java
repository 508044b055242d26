package dev.vls.machine.frames;

import static dev.vls.machine.memory.MachineMemory.PAGE_MASK;
import static dev.vls.machine.memory.MachineMemory.PAGE_SHIFT;

import dev.vls.machine.cpu.Cpu;
import dev.vls.machine.cpu.ProtectedStores;
import dev.vls.machine.memory.MachineMemory;
import dev.vls.xen.abi.arch.PageTableFlag;

/**
 * Writable page tables: a store of the guest's kernel to an L1 table that it has mapped read-only
 * becomes a checked change of an entry (ptwr of arch/x86/pv/ro-page-fault.c). Naturally aligned
 * stores of up to 8 bytes; all else, and what does not pass the check, is the page fault that it
 * was.
 */
final class TableStores implements ProtectedStores {
    private static final int ENTRY_BYTES = 8;

    private final FrameTable frames;
    private final PageTypes types;
    private final EntryUpdates updates;
    private final DomainRules rules;
    private final MachineMemory memory;

    TableStores(FrameTable frames, PageTypes types, EntryUpdates updates, DomainRules rules) {
        this.frames = frames;
        this.types = types;
        this.updates = updates;
        this.rules = rules;
        this.memory = frames.memory();
    }

    @Override
    public boolean accepts(Cpu cpu, long linear, int size) {
        return target(cpu, linear, size) >= 0;
    }

    @Override
    public boolean store(Cpu cpu, long linear, int size, long value) {
        long maddr = target(cpu, linear, size);
        if (maddr < 0) {
            return false;
        }
        long entryMaddr = maddr & -ENTRY_BYTES;
        long entry = value;
        if (size < ENTRY_BYTES) {
            int shift = (int) (maddr - entryMaddr) * 8;
            long mask = ((1L << (8 * size)) - 1) << shift;
            entry = (memory.getLong(entryMaddr) & ~mask) | ((value << shift) & mask);
        }
        return updates.storeLeaf(entryMaddr, entry) == 0;
    }

    /** Machine address behind a store that is ours, or -1. */
    private long target(Cpu cpu, long linear, int size) {
        if (cpu.mode() != 0 || !rules.emulatesTableWrites() || size > ENTRY_BYTES) {
            return -1;
        }
        if (Integer.bitCount(size) != 1 || (linear & (size - 1)) != 0) {
            return -1;
        }
        long leaf = GuestWalk.leaf(memory, cpu.root(0), linear);
        if (leaf == GuestWalk.NONE) {
            return -1;
        }
        long entry = memory.getLong(leaf);
        long rights = entry & (PageTableFlag.PRESENT | PageTableFlag.RW);
        long mfn = PageTableEntry.mfn(entry);
        if (rights != PageTableFlag.PRESENT
                || !frames.isValid(mfn)
                || frames.owner(mfn) != FrameOwner.GUEST
                || !types.isTable(mfn, PageType.L1_TABLE)) {
            return -1;
        }
        return mfn << PAGE_SHIFT | (linear & ~PAGE_MASK);
    }
}
