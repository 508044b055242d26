package dev.vls.machine.grant;

import dev.vls.machine.frames.MemoryManager;
import dev.vls.machine.frames.PageType;
import dev.vls.xen.abi.grant.GrantEntryV1;
import dev.vls.xen.abi.grant.GrantStatus;

/**
 * The grants of the guest as its backends use them, who are domain 0: frames to map, and pieces to
 * copy, with every check and every trace in the guest's entries that a real backend would leave.
 */
public final class BackendGrants {
    /** The backends' domain. */
    public static final int DOMID = 0;

    /** Entries of domain 0's own grant table, all unused. */
    private static final int OWN_ENTRIES = 4096 / GrantEntryV1.SIZE;

    private final MemoryManager memory;
    private final GrantPins pins;
    private final ActiveGrants active;
    private final GrantCopy copy;

    public BackendGrants(GrantTable table, MemoryManager memory) {
        this.memory = memory;
        this.pins = new GrantPins(table, memory.frames(), memory.machineMemory());
        this.active = table.active();
        this.copy = new GrantCopy(table, memory);
    }

    /** Copies out of a granted frame: {@link GrantCopy#read}. */
    public int read(int ref, int offset, byte[] buffer, int bufferOffset, int bytes) {
        return copy.read(ref, offset, buffer, bufferOffset, bytes);
    }

    /** Copies into a granted frame: {@link GrantCopy#write}. */
    public int write(int ref, int offset, byte[] buffer, int bufferOffset, int bytes) {
        return copy.write(ref, offset, buffer, bufferOffset, bytes);
    }

    /**
     * Maps a granted frame: it stays the guest's, in memory and of its type until it is unmapped.
     *
     * @param ref any number that a guest may send
     * @return the mfn, or a negative {@link GrantStatus}
     */
    public long map(int ref, boolean readOnly) {
        int count = GrantPins.copyCount(readOnly);
        int result = pins.pinForMapping(ref, DOMID, readOnly, count);
        if (result != GrantStatus.OKAY) {
            return result;
        }
        long mfn = active.mfn(ref);
        if (!readOnly && memory.types().getType(mfn, PageType.WRITABLE) != 0) {
            memory.frames().putPage(mfn);
            pins.unpin(ref, false, count);
            return GrantStatus.GENERAL_ERROR;
        }
        return mfn;
    }

    /** Ends a mapping made by {@link #map} with the same arguments. */
    public void unmap(int ref, boolean readOnly) {
        long mfn = active.mfn(ref);
        if (!readOnly) {
            memory.types().putType(mfn);
        }
        memory.frames().putPage(mfn);
        pins.unpin(ref, readOnly, GrantPins.copyCount(readOnly));
    }

    /** What the use of a grant of domain 0 gives, for it grants nothing. */
    public static int refusal(int ref) {
        return Integer.compareUnsigned(ref, OWN_ENTRIES) >= 0
                ? GrantStatus.BAD_GNTREF
                : GrantStatus.GENERAL_ERROR;
    }
}
