package dev.vls.machine.frames;

import static dev.vls.machine.frames.PageTableEntry.FIRST_XEN_SLOT;
import static dev.vls.machine.frames.PageTableEntry.LAST_XEN_SLOT;
import static dev.vls.machine.memory.MachineMemory.PAGE_SHIFT;
import static dev.vls.xen.abi.arch.PageTableFlag.ACCESSED;
import static dev.vls.xen.abi.arch.PageTableFlag.DIRTY;
import static dev.vls.xen.abi.arch.PageTableFlag.NX;
import static dev.vls.xen.abi.arch.PageTableFlag.PRESENT;
import static dev.vls.xen.abi.arch.PageTableFlag.PSE;
import static dev.vls.xen.abi.arch.PageTableFlag.RW;
import static dev.vls.xen.abi.arch.PageTableFlag.USER;

import dev.vls.machine.memory.MachineMemory;

/**
 * What the hypervisor puts into the L4 slots that it keeps for itself (init_xen_l4_slots): the m2p
 * table, read-only, in slot 256; the table itself in slot 258, the linear page table; and where Xen
 * would have its own memory a table with nothing in it. All but the m2p are the supervisor's.
 */
final class XenPageTables {
    // Accessed and dirty beforehand, so that no walk ever writes to these tables.
    private static final long TABLE_BITS = PRESENT | USER | ACCESSED | NX;
    private static final long LEAF_BITS = TABLE_BITS | DIRTY | PSE;
    private static final long ENTRIES_BYTES = 8;

    /** Of Xen's own mappings: __PAGE_HYPERVISOR_RW, for the linear page table as well. */
    private static final long PRIVATE_BITS = PRESENT | RW | ACCESSED | DIRTY | NX;

    private static final int LINEAR_SLOT = 258;

    /** From here on the domain's and Xen's own mappings. */
    private static final int FIRST_PRIVATE_SLOT = 260;

    private final MachineMemory memory;
    private final long m2pEntry;
    private final long privateEntry;

    private XenPageTables(MachineMemory memory, long m2pEntry, long privateEntry) {
        this.memory = memory;
        this.m2pEntry = m2pEntry;
        this.privateEntry = privateEntry;
    }

    /** Frames that {@link #create} takes: two L3 tables and an L2 table for each 512 chunks. */
    static long tableFrames(long machineFrames) {
        return 2 + secondLevelTables(chunks(machineFrames));
    }

    private static long chunks(long machineFrames) {
        return MachineToPhys.tableFrames(machineFrames) / MachineToPhys.CHUNK_FRAMES;
    }

    private static long secondLevelTables(long chunks) {
        return (chunks + PageTableEntry.ENTRIES - 1) / PageTableEntry.ENTRIES;
    }

    /** Builds the tables in zeroed frames of the hypervisor. */
    static XenPageTables create(MachineMemory memory, MachineToPhys m2p, long firstMfn) {
        long chunks = chunks(memory.frames());
        long l3 = firstMfn << PAGE_SHIFT;
        for (long i = 0; i < secondLevelTables(chunks); i++) {
            memory.setLong(l3 + i * ENTRIES_BYTES, (firstMfn + 1 + i) << PAGE_SHIFT | TABLE_BITS);
        }
        long l2 = (firstMfn + 1) << PAGE_SHIFT;
        for (long chunk = 0; chunk < chunks; chunk++) {
            long mfn = m2p.firstMfn() + chunk * MachineToPhys.CHUNK_FRAMES;
            memory.setLong(l2 + chunk * ENTRIES_BYTES, mfn << PAGE_SHIFT | LEAF_BITS);
        }
        return at(memory, firstMfn);
    }

    /** The tables that memory holds already. */
    static XenPageTables at(MachineMemory memory, long firstMfn) {
        long empty = firstMfn + 1 + secondLevelTables(chunks(memory.frames()));
        return new XenPageTables(
                memory, firstMfn << PAGE_SHIFT | TABLE_BITS, empty << PAGE_SHIFT | PRIVATE_BITS);
    }

    /** Writes all of Xen's slots of an L4 table (init_xen_l4_slots). */
    void fillSlots(long l4Mfn, boolean withM2p) {
        long table = l4Mfn << PAGE_SHIFT;
        for (int slot = FIRST_XEN_SLOT; slot <= LAST_XEN_SLOT; slot++) {
            long entry = slot >= FIRST_PRIVATE_SLOT ? privateEntry : 0;
            memory.setLong(table + slot * ENTRIES_BYTES, entry);
        }
        memory.setLong(table + LINEAR_SLOT * ENTRIES_BYTES, table | PRIVATE_BITS);
        if (withM2p) {
            memory.setLong(m2pSlot(l4Mfn), m2pEntry);
        }
    }

    /** Lets an L4 table see the m2p (fill_ro_mpt). */
    void addM2p(long l4Mfn) {
        if (memory.getLong(m2pSlot(l4Mfn)) == 0) {
            memory.setLong(m2pSlot(l4Mfn), m2pEntry);
        }
    }

    /**
     * Takes the m2p out of an L4 table (zap_ro_mpt).
     *
     * @return whether it was there
     */
    boolean removeM2p(long l4Mfn) {
        boolean present = memory.getLong(m2pSlot(l4Mfn)) != 0;
        memory.setLong(m2pSlot(l4Mfn), 0);
        return present;
    }

    private static long m2pSlot(long l4Mfn) {
        return (l4Mfn << PAGE_SHIFT) + FIRST_XEN_SLOT * ENTRIES_BYTES;
    }
}
