package dev.vls.machine.grant;

import static dev.vls.machine.memory.MachineMemory.PAGE_SHIFT;

import dev.vls.machine.frames.FrameOwner;
import dev.vls.machine.frames.MemoryManager;
import dev.vls.machine.frames.PageTableEntry;
import dev.vls.machine.frames.PageType;
import dev.vls.machine.hypervisor.GuestAccess;
import dev.vls.machine.hypervisor.Vcpu;
import dev.vls.xen.abi.arch.PageTableFlag;
import dev.vls.xen.abi.grant.GrantMapFlag;
import dev.vls.xen.abi.grant.GrantStatus;

/**
 * Page-table entries of grant mappings (arch/x86/pv/grant_table.c): the references that an entry
 * holds are taken and dropped by the mapping, not by the entry's change.
 */
final class GrantPte {
    private static final int ENTRY_BYTES = 8;
    private static final int GUEST_AVAIL_SHIFT = 16;
    private static final int AVAIL_SHIFT = 9;
    private static final int AVAIL_MASK = 7;

    private final MemoryManager memory;

    /** What {@link #steal} found. */
    private long stolen;

    GrantPte(MemoryManager memory) {
        this.memory = memory;
    }

    /**
     * Maps a frame.
     *
     * @param address linear, or the machine address of an entry, as the flags say; any number
     */
    int create(Vcpu vcpu, long address, long mfn, int flags) {
        long maddr = find(vcpu, address, flags);
        if (maddr < 0) {
            return GrantStatus.GENERAL_ERROR;
        }
        long entry = PageTableEntry.adjustLeaf(mfn << PAGE_SHIFT | pteFlags(flags));
        long old = memory.updates().replaceLeaf(maddr, entry);
        memory.updates().releaseLeaf(old);
        return GrantStatus.OKAY;
    }

    /**
     * Takes a mapping away, and puts what is mapped at another address in its place.
     *
     * @param newAddress linear, 0 for none
     */
    int replace(Vcpu vcpu, long address, long mfn, long newAddress, int flags) {
        boolean byEntry = (flags & GrantMapFlag.CONTAINS_PTE) != 0;
        stolen = 0;
        if (newAddress != 0 && (byEntry || !steal(vcpu, newAddress))) {
            return GrantStatus.GENERAL_ERROR;
        }
        long maddr = find(vcpu, address, flags);
        if (maddr >= 0) {
            long old = memory.machineMemory().getLong(maddr);
            long rights = PageTableFlag.PRESENT | PageTableFlag.RW;
            if (PageTableEntry.mfn(old) == mfn && ((old ^ pteFlags(flags)) & rights) == 0) {
                memory.updates().replaceLeaf(maddr, stolen);
                return GrantStatus.OKAY;
            }
        }
        memory.updates().releaseLeaf(stolen);
        return GrantStatus.GENERAL_ERROR;
    }

    /** Takes the entry of a linear address out of its table, references and all. */
    private boolean steal(Vcpu vcpu, long linear) {
        long maddr = find(vcpu, linear, 0);
        if (maddr < 0) {
            return false;
        }
        stolen = memory.updates().replaceLeaf(maddr, 0);
        return true;
    }

    /** Machine address of the entry that is meant, in an L1 table of the guest in use; or -1. */
    private long find(Vcpu vcpu, long address, int flags) {
        long maddr;
        if ((flags & GrantMapFlag.CONTAINS_PTE) != 0) {
            maddr = (address & (ENTRY_BYTES - 1)) == 0 ? address : -1;
        } else {
            maddr = GuestAccess.isAccessible(address) ? memory.leafEntry(vcpu, address) : -1;
        }
        long table = maddr >>> PAGE_SHIFT;
        if (maddr < 0
                || !memory.frames().isValid(table)
                || memory.frames().owner(table) != FrameOwner.GUEST
                || !memory.types().isInUse(table)
                || memory.types().type(table) != PageType.L1_TABLE) {
            return -1;
        }
        return maddr;
    }

    private static long pteFlags(int flags) {
        long entry =
                PageTableFlag.PRESENT
                        | PageTableFlag.ACCESSED
                        | PageTableFlag.DIRTY
                        | PageTableFlag.NX;
        if ((flags & GrantMapFlag.APPLICATION_MAP) != 0) {
            entry |= PageTableFlag.USER;
        }
        if ((flags & GrantMapFlag.READONLY) == 0) {
            entry |= PageTableFlag.RW;
        }
        return entry | (long) (flags >>> GUEST_AVAIL_SHIFT & AVAIL_MASK) << AVAIL_SHIFT;
    }
}
