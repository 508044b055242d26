package dev.vls.machine.grant;

import static dev.vls.machine.memory.MachineMemory.PAGE_SIZE;

import dev.vls.machine.frames.FrameOwner;
import dev.vls.machine.frames.FrameTable;
import dev.vls.machine.memory.MachineMemory;
import dev.vls.xen.abi.grant.GrantEntryV2;
import dev.vls.xen.abi.grant.GrantFlag;
import dev.vls.xen.abi.grant.GrantStatus;

/**
 * Checks that an entry of the grant table allows a use, pins it, and shows the use in the guest's
 * entry (_set_status, reduce_status_for_pin, map_grant_ref, acquire_grant_for_copy).
 */
final class GrantPins {
    private final GrantTable table;
    private final FrameTable frames;
    private final MachineMemory memory;
    private final ActiveGrants active;

    GrantPins(GrantTable table, FrameTable frames, MachineMemory memory) {
        this.table = table;
        this.frames = frames;
        this.memory = memory;
        this.active = table.active();
    }

    /**
     * Pins an entry for a mapping. On success the frame has a general reference more.
     *
     * @param ref any number
     * @param user the domain that maps
     * @param added what to count: {@link ActiveGrants#HOST_WRITE} and its kin, one or two of them
     */
    int pinForMapping(int ref, int user, boolean readOnly, int added) {
        if (Integer.compareUnsigned(ref, table.entries()) >= 0) {
            return GrantStatus.BAD_GNTREF;
        }
        if (active.isPinned(ref)
                && (active.domid(ref) != user
                        || active.mayOverflow(ref, added)
                        || active.isSubPage(ref))) {
            return GrantStatus.GENERAL_ERROR;
        }
        boolean hasReference = false;
        if (!active.isPinned(ref) || (!readOnly && !active.hasWriters(ref))) {
            int result = showUse(ref, user, readOnly, true);
            if (result != GrantStatus.OKAY) {
                return result;
            }
            if (!active.isPinned(ref)) {
                long mfn = table.frame(ref);
                if (!frames.getPage(mfn, FrameOwner.GUEST)) {
                    hideUse(ref, readOnly);
                    return GrantStatus.BAD_PAGE;
                }
                hasReference = true;
                active.set(ref, user, mfn, 0, PAGE_SIZE, false);
            }
        }
        active.add(ref, added);
        if (!hasReference && !frames.getPage(active.mfn(ref), FrameOwner.GUEST)) {
            unpin(ref, readOnly, added);
            return GrantStatus.GENERAL_ERROR;
        }
        return GrantStatus.OKAY;
    }

    /** Undoes a pin; the references on the frame are the caller's business. */
    void unpin(int ref, boolean readOnly, int removed) {
        active.subtract(ref, removed);
        hideUse(ref, readOnly);
    }

    /**
     * Pins an entry for a copy; {@link #unpin} with the same count ends it. On success the frame
     * has a general reference more.
     *
     * @param ref any number
     * @param user the domain that copies
     */
    int pinForCopy(int ref, int user, boolean readOnly) {
        if (Integer.compareUnsigned(ref, table.entries()) >= 0) {
            return GrantStatus.BAD_GNTREF;
        }
        int added = copyCount(readOnly);
        if (active.isPinned(ref) && (active.domid(ref) != user || active.mayOverflow(ref, added))) {
            return GrantStatus.GENERAL_ERROR;
        }
        boolean shows = !active.isPinned(ref) || (!readOnly && !active.hasWriters(ref));
        if (table.version() == 2
                && (table.flags(ref) & GrantFlag.TYPE_MASK) == GrantFlag.TRANSITIVE) {
            return refuseTransitive(ref, user, readOnly, shows);
        }
        if (shows) {
            int result = showUse(ref, user, readOnly, false);
            if (result != GrantStatus.OKAY) {
                return result;
            }
            return pinShown(ref, user, readOnly, added);
        }
        if (!frames.getPage(active.mfn(ref), FrameOwner.GUEST)) {
            hideUse(ref, readOnly);
            return GrantStatus.BAD_DOMAIN;
        }
        active.add(ref, added);
        return GrantStatus.OKAY;
    }

    static int copyCount(boolean readOnly) {
        return readOnly ? ActiveGrants.HOST_READ : ActiveGrants.HOST_WRITE;
    }

    private int pinShown(int ref, int user, boolean readOnly, int added) {
        boolean partOfPage = table.version() == 2 && (table.flags(ref) & GrantFlag.SUB_PAGE) != 0;
        long mfn = table.frame(ref);
        if (!frames.getPage(mfn, FrameOwner.GUEST)) {
            hideUse(ref, readOnly);
            return GrantStatus.BAD_PAGE;
        }
        if (!active.isPinned(ref)) {
            long entry = table.entryMaddr(ref);
            int start = partOfPage ? memory.getShort(entry + GrantEntryV2.SUB_PAGE_PAGE_OFF) : 0;
            int length =
                    partOfPage ? memory.getShort(entry + GrantEntryV2.SUB_PAGE_LENGTH) : PAGE_SIZE;
            active.set(ref, user, mfn, start, length, partOfPage);
        } else if (active.mfn(ref) != mfn) {
            // The reference taken must be on the frame that is used.
            frames.putPage(mfn);
            if (!frames.getPage(active.mfn(ref), FrameOwner.GUEST)) {
                hideUse(ref, readOnly);
                return GrantStatus.BAD_PAGE;
            }
        }
        active.add(ref, added);
        return GrantStatus.OKAY;
    }

    /**
     * A transitive grant leads to a grant of another domain: of domain 0, which grants nothing, or
     * of none. Whatever it is, it fails.
     */
    private int refuseTransitive(int ref, int user, boolean readOnly, boolean shows) {
        if (shows) {
            int result = showUse(ref, user, readOnly, false);
            if (result != GrantStatus.OKAY) {
                return result;
            }
        }
        long entry = table.entryMaddr(ref);
        int domain = memory.getShort(entry + GrantEntryV2.TRANSITIVE_TRANS_DOMID);
        int target = memory.getInt(entry + GrantEntryV2.TRANSITIVE_GREF);
        hideUse(ref, readOnly);
        return domain == BackendGrants.DOMID
                ? BackendGrants.refusal(target)
                : GrantStatus.GENERAL_ERROR;
    }

    private int showUse(int ref, int user, boolean readOnly, boolean mapping) {
        int flags = table.flags(ref);
        int mask = GrantFlag.TYPE_MASK | (mapping ? GrantFlag.SUB_PAGE : 0);
        int kind = flags & mask;
        boolean transitive = table.version() == 2 && !mapping && kind == GrantFlag.TRANSITIVE;
        if (!active.isPinned(ref)
                && ((kind != GrantFlag.PERMIT_ACCESS && !transitive) || table.domid(ref) != user)) {
            return GrantStatus.GENERAL_ERROR;
        }
        if (!readOnly && (flags & GrantFlag.READONLY) != 0) {
            return GrantStatus.GENERAL_ERROR;
        }
        table.setStatus(ref, readOnly ? GrantFlag.READING : GrantFlag.READING | GrantFlag.WRITING);
        return GrantStatus.OKAY;
    }

    private void hideUse(int ref, boolean readOnly) {
        int bits = active.isPinned(ref) ? 0 : GrantFlag.READING;
        if (!readOnly && !active.hasWriters(ref)) {
            bits |= GrantFlag.WRITING;
        }
        if (bits != 0) {
            table.clearStatus(ref, bits);
        }
    }
}
