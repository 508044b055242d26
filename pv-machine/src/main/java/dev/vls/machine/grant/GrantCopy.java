package dev.vls.machine.grant;

import static dev.vls.machine.memory.MachineMemory.PAGE_SHIFT;
import static dev.vls.machine.memory.MachineMemory.PAGE_SIZE;

import dev.vls.machine.frames.FrameOwner;
import dev.vls.machine.frames.MemoryManager;
import dev.vls.machine.frames.PageType;
import dev.vls.machine.memory.MachineMemory;
import dev.vls.xen.abi.grant.GrantStatus;

/**
 * Copies between granted frames and frames of the one who copies (gnttab_copy of
 * common/grant_table.c). All ends lie in the guest's memory, or in a backend's buffer.
 */
public final class GrantCopy {
    private final MemoryManager memory;
    private final MachineMemory machineMemory;
    private final GrantPins pins;
    private final ActiveGrants active;
    private final End source;
    private final End target;

    public GrantCopy(GrantTable table, MemoryManager memory) {
        this.memory = memory;
        this.machineMemory = memory.machineMemory();
        this.pins = new GrantPins(table, memory.frames(), machineMemory);
        this.active = table.active();
        this.source = new End(true);
        this.target = new End(false);
    }

    /** One end of a copy while it is claimed. */
    private final class End {
        private final boolean readOnly;
        private boolean granted;
        private int ref;
        private long mfn;
        private int start;
        private int length;

        End(boolean readOnly) {
            this.readOnly = readOnly;
        }

        int claimGrant(int newRef, int user) {
            int result = pins.pinForCopy(newRef, user, readOnly);
            if (result != GrantStatus.OKAY) {
                return result;
            }
            granted = true;
            ref = newRef;
            mfn = active.mfn(ref);
            start = active.start(ref);
            length = active.length(ref);
            return claimType();
        }

        int claimFrame(long newMfn) {
            if (!memory.frames().getPage(newMfn, FrameOwner.GUEST)) {
                return GrantStatus.BAD_PAGE;
            }
            granted = false;
            mfn = newMfn;
            start = 0;
            length = PAGE_SIZE;
            return claimType();
        }

        private int claimType() {
            if (!readOnly && memory.types().getType(mfn, PageType.WRITABLE) != 0) {
                releaseRest();
                return GrantStatus.GENERAL_ERROR;
            }
            return GrantStatus.OKAY;
        }

        void release() {
            if (!readOnly) {
                memory.types().putType(mfn);
            }
            releaseRest();
        }

        private void releaseRest() {
            memory.frames().putPage(mfn);
            if (granted) {
                pins.unpin(ref, readOnly, GrantPins.copyCount(readOnly));
            }
        }

        boolean contains(int offset, int bytes) {
            return offset >= start && offset + bytes <= start + length;
        }

        long maddr(int offset) {
            return (mfn << PAGE_SHIFT) + offset;
        }
    }

    /** Names an end: a reference of the guest's table, or a frame of the guest. */
    public record Place(boolean isGrant, int ref, long mfn, int offset) {}

    /**
     * Copies between two places of the guest.
     *
     * @param user the domain that copies
     * @param bytes 0 to 65535; more than a page is refused
     * @return a {@link GrantStatus}
     */
    public int copy(int user, Place from, Place to, int bytes) {
        int result = claim(source, from, user);
        if (result != GrantStatus.OKAY) {
            return result;
        }
        result = claim(target, to, user);
        if (result == GrantStatus.OKAY) {
            result = check(source, from.offset(), bytes, to.offset());
            if (result == GrantStatus.OKAY && !target.contains(to.offset(), bytes)) {
                result = GrantStatus.GENERAL_ERROR;
            }
            if (result == GrantStatus.OKAY && bytes > 0) {
                machineMemory.copy(source.maddr(from.offset()), target.maddr(to.offset()), bytes);
            }
            target.release();
        }
        source.release();
        return result;
    }

    /**
     * What a copy from a place that cannot be done says about the place.
     *
     * @return a {@link GrantStatus}
     */
    public int probe(int user, Place from) {
        int result = claim(source, from, user);
        if (result == GrantStatus.OKAY) {
            source.release();
        }
        return result;
    }

    private static int claim(End end, Place place, int user) {
        return place.isGrant() ? end.claimGrant(place.ref(), user) : end.claimFrame(place.mfn());
    }

    private static int check(End end, int offset, int bytes, int otherOffset) {
        if (offset + bytes > PAGE_SIZE || otherOffset + bytes > PAGE_SIZE) {
            return GrantStatus.BAD_COPY_ARG;
        }
        return end.contains(offset, bytes) ? GrantStatus.OKAY : GrantStatus.GENERAL_ERROR;
    }

    /**
     * Copies out of a grant into a backend's buffer.
     *
     * @param ref any number that a guest may send
     * @return a {@link GrantStatus}
     */
    public int read(int ref, int offset, byte[] buffer, int bufferOffset, int bytes) {
        int result = source.claimGrant(ref, BackendGrants.DOMID);
        if (result != GrantStatus.OKAY) {
            return result;
        }
        result = check(source, offset, bytes, 0);
        if (result == GrantStatus.OKAY) {
            machineMemory.read(source.maddr(offset), buffer, bufferOffset, bytes);
        }
        source.release();
        return result;
    }

    /** Copies from a backend's buffer into a grant, as {@link #read} the other way. */
    public int write(int ref, int offset, byte[] buffer, int bufferOffset, int bytes) {
        int result = target.claimGrant(ref, BackendGrants.DOMID);
        if (result != GrantStatus.OKAY) {
            return result;
        }
        result = check(target, offset, bytes, 0);
        if (result == GrantStatus.OKAY) {
            machineMemory.write(target.maddr(offset), buffer, bufferOffset, bytes);
        }
        target.release();
        return result;
    }
}
