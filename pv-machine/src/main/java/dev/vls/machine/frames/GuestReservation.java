package dev.vls.machine.frames;

import dev.vls.machine.state.StateFields;

/**
 * The guest's share of the machine: how many frames it has and may have, and how it gets more and
 * gives some back (assign_pages, guest_remove_page of Xen's common/memory.c for PV).
 */
public final class GuestReservation {
    /** No bound on machine addresses. */
    public static final int ANY_ADDRESS = 64;

    private static final long NONE = -1;

    private final FrameTable frames;
    private final FrameAllocator allocator;
    private final MachineToPhys machineToPhys;
    private long pagesMax;

    GuestReservation(
            FrameTable frames,
            FrameAllocator allocator,
            MachineToPhys machineToPhys,
            long pagesMax) {
        this.frames = frames;
        this.allocator = allocator;
        this.machineToPhys = machineToPhys;
        this.pagesMax = pagesMax;
    }

    /** Frames that the guest has. */
    public long pages() {
        return frames.guestPages();
    }

    /** Frames that the guest may have: Xen's max_pages. */
    public long pagesMax() {
        return pagesMax;
    }

    /** XEN_DOMCTL_max_mem: what the guest has beyond it stays until it gives it back. */
    public void setPagesMax(long pages) {
        pagesMax = pages;
    }

    /**
     * Gives the guest {@code 1 << order} contiguous frames of zeroes, without pfns.
     *
     * @param addressBits bound on machine addresses
     * @return the first frame, or -1 if there are none or the guest may not have more
     */
    public long allocate(int order, int addressBits) {
        if (frames.guestPages() + (1L << order) > pagesMax) {
            return NONE;
        }
        long mfn = allocator.allocate(order, addressBits);
        if (mfn >= 0) {
            frames.assign(mfn, order);
        }
        return mfn;
    }

    /** Takes frames for the guest that are not its own yet, as an exchange does; -1 for none. */
    public long allocateUnassigned(int order, int addressBits) {
        return allocator.allocate(order, addressBits);
    }

    /** Makes such frames the guest's. Whether it may have so many is the caller's business. */
    public void assign(long mfn, int order) {
        frames.assign(mfn, order);
    }

    /** Gives back frames that were not assigned. */
    public void releaseUnassigned(long mfn, int order) {
        allocator.release(mfn, order);
    }

    /** Names contiguous frames: the first gets the pfn, the others follow. */
    public void setPfns(long mfn, long pfn, int order) {
        for (long i = 0; i < 1L << order; i++) {
            machineToPhys.set(mfn + i, pfn + i);
        }
    }

    /**
     * Lets go of a frame of the guest; it is freed when nothing refers to it any more. Accepts any
     * number.
     *
     * @return false if the guest has no such frame
     */
    public boolean remove(long mfn) {
        if (!frames.getPage(mfn, FrameOwner.GUEST)) {
            return false;
        }
        frames.putAllocationReference(mfn);
        frames.putPage(mfn);
        return true;
    }

    /** Takes a frame from the guest as {@link FrameTable#steal}; accepts any number. */
    public boolean steal(long mfn) {
        return frames.isValid(mfn) && frames.steal(mfn);
    }

    /** Gives a stolen frame back to the guest. */
    public void giveBack(long mfn) {
        frames.unsteal(mfn);
    }

    /** Frees a stolen frame. */
    public void releaseStolen(long mfn) {
        frames.releaseStolen(mfn);
    }

    // --- frames of the hypervisor ---

    /**
     * A frame of zeroes of the hypervisor that the guest may map writable: shared info, grant
     * table.
     *
     * @return -1 if there is none
     */
    public long allocateShared() {
        long mfn = allocator.allocate(0, ANY_ADDRESS);
        if (mfn >= 0) {
            frames.shareWithGuest(mfn);
        }
        return mfn;
    }

    /** Whether the guest refers to such a frame. */
    public boolean isSharedInUse(long mfn) {
        return frames.references(mfn) != (frames.isAllocated(mfn) ? 1 : 0);
    }

    /**
     * Frees such a frame.
     *
     * @return false, and nothing changed, if the guest refers to it
     */
    public boolean releaseShared(long mfn) {
        if (!frames.unshare(mfn)) {
            return false;
        }
        frames.releaseStolen(mfn);
        return true;
    }

    void state(StateFields s) {
        pagesMax = s.int64("pagesMax", pagesMax, 0, Long.MAX_VALUE >> 1);
    }
}
