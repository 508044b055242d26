package dev.vls.machine.frames;

import dev.vls.machine.memory.MachineMemory;
import dev.vls.machine.state.StateFields;

/**
 * Owner and references of every machine frame: Xen's frame table without the types, which are
 * {@link PageTypes}' business. A frame with no reference left goes back to the allocator, zeroed.
 * Twelve bytes of heap a frame, types included.
 *
 * <p>Frame numbers come from guests: every method that says so accepts any long.
 */
public final class FrameTable {
    private static final int OWNER_MASK = 3;

    /** PGC_allocated: the guest holds the reference that allocation gave it. */
    private static final int ALLOCATED = 1 << 2;

    /** PGC_xen_heap: the hypervisor's page, shared with the guest. */
    private static final int XEN_HEAP = 1 << 3;

    /** One reference stays unused, as Xen keeps it. */
    private static final int COUNT_MAX = Integer.MAX_VALUE - 1;

    private final MachineMemory memory;
    private final FrameAllocator allocator;
    private final MachineToPhys machineToPhys;
    private final long frames;
    private final byte[] state;
    private final int[] count;
    private long guestPages;

    // The columns of PageTypes.
    final byte[] type;
    final int[] typeCount;

    /** Entries to tables of the same level, or (negative) uses by them. */
    final short[] linear;

    FrameTable(MachineMemory memory, FrameAllocator allocator, MachineToPhys machineToPhys) {
        this.memory = memory;
        this.allocator = allocator;
        this.machineToPhys = machineToPhys;
        this.frames = memory.frames();
        int size = Math.toIntExact(frames);
        this.state = new byte[size];
        this.count = new int[size];
        this.type = new byte[size];
        this.typeCount = new int[size];
        this.linear = new short[size];
    }

    /** Number of frames: Xen's max_page. */
    public long frames() {
        return frames;
    }

    MachineMemory memory() {
        return memory;
    }

    /** Whether there is such a frame; accepts any number. */
    public boolean isValid(long mfn) {
        return mfn >= 0 && mfn < frames;
    }

    /** {@link FrameOwner} of a frame that exists. */
    public int owner(long mfn) {
        return state[(int) mfn] & OWNER_MASK;
    }

    /** General references of a frame that exists. */
    public int references(long mfn) {
        return count[(int) mfn];
    }

    /** Whether the guest still holds the reference of the allocation (PGC_allocated). */
    public boolean isAllocated(long mfn) {
        return (state[(int) mfn] & ALLOCATED) != 0;
    }

    /** Whether a frame is the hypervisor's, shared with the guest. */
    public boolean isXenHeap(long mfn) {
        return (state[(int) mfn] & XEN_HEAP) != 0;
    }

    /** Frames of the guest but for those of the hypervisor: Xen's tot_pages. */
    public long guestPages() {
        return guestPages;
    }

    // --- references ---

    /**
     * Takes a reference whoever the owner is.
     *
     * @return the owner, or {@link FrameOwner#NONE} if the frame has no references and none was
     *     taken
     */
    int getOwnerAndReference(long mfn) {
        int i = (int) mfn;
        if (count[i] == 0 || count[i] >= COUNT_MAX) {
            return FrameOwner.NONE;
        }
        count[i]++;
        return state[i] & OWNER_MASK;
    }

    /**
     * Takes a reference on a frame of an owner; accepts any number.
     *
     * @return whether it was taken: there is such a frame and it belongs to the owner
     */
    public boolean getPage(long mfn, int owner) {
        if (!isValid(mfn) || owner(mfn) != owner) {
            return false;
        }
        return getOwnerAndReference(mfn) != FrameOwner.NONE;
    }

    /** Drops a reference; the frame is freed with the last one. */
    public void putPage(long mfn) {
        int i = (int) mfn;
        if (count[i] <= 0) {
            throw new IllegalStateException(
                    "frame 0x" + Long.toHexString(mfn) + " has no reference");
        }
        if (--count[i] == 0) {
            free(mfn);
        }
    }

    private void free(long mfn) {
        int i = (int) mfn;
        if (typeCount[i] != 0 && !isXenHeap(mfn)) {
            throw new IllegalStateException(
                    "frame 0x" + Long.toHexString(mfn) + " is freed while it has a type");
        }
        if (isXenHeap(mfn)) {
            return;
        }
        state[i] = FrameOwner.NONE;
        guestPages--;
        reset(mfn);
        machineToPhys.set(mfn, MachineToPhys.INVALID);
        releaseZeroed(mfn, 0);
    }

    private void reset(long mfn) {
        int i = (int) mfn;
        type[i] = PageType.NONE;
        typeCount[i] = 0;
        linear[i] = 0;
    }

    private void releaseZeroed(long mfn, int order) {
        memory.discard(mfn, 1L << order);
        allocator.release(mfn, order);
    }

    // --- the guest's frames ---

    /** Drops the guest's own reference, if it still has it. */
    void putAllocationReference(long mfn) {
        int i = (int) mfn;
        if ((state[i] & ALLOCATED) != 0) {
            state[i] &= (byte) ~ALLOCATED;
            putPage(mfn);
        }
    }

    /** Gives frames from the allocator to the guest, with one reference each. */
    void assign(long mfn, int order) {
        for (long at = mfn; at < mfn + (1L << order); at++) {
            int i = (int) at;
            state[i] = FrameOwner.GUEST | ALLOCATED;
            count[i] = 1;
        }
        guestPages += 1L << order;
    }

    /**
     * Takes a frame from the guest that nobody else refers to (steal_page): afterwards it is as if
     * just allocated, its content kept.
     *
     * @return whether it could be taken; accepts any frame that exists
     */
    boolean steal(long mfn) {
        int i = (int) mfn;
        if (owner(mfn) != FrameOwner.GUEST
                || isXenHeap(mfn)
                || !isAllocated(mfn)
                || count[i] != 1) {
            return false;
        }
        if (typeCount[i] != 0) {
            throw new IllegalStateException("a frame with one reference has a type");
        }
        state[i] = FrameOwner.NONE;
        count[i] = 0;
        guestPages--;
        reset(mfn);
        return true;
    }

    /** Undoes {@link #steal}. */
    void unsteal(long mfn) {
        assign(mfn, 0);
    }

    /** Frees a stolen frame. */
    void releaseStolen(long mfn) {
        machineToPhys.set(mfn, MachineToPhys.INVALID);
        releaseZeroed(mfn, 0);
    }

    // --- the hypervisor's frames ---

    /** Marks a frame as no memory. */
    void assignIo(long mfn) {
        state[(int) mfn] = FrameOwner.IO;
        count[(int) mfn] = 1;
    }

    /**
     * Shares a zeroed frame of the hypervisor with the guest, which may map it for writing
     * (share_xen_page_with_guest).
     */
    void shareWithGuest(long mfn) {
        int i = (int) mfn;
        machineToPhys.set(mfn, MachineToPhys.INVALID);
        type[i] = PageTypes.sharedWritable();
        typeCount[i] = 1;
        state[i] = FrameOwner.GUEST | ALLOCATED | XEN_HEAP;
        count[i] = 1;
    }

    /**
     * Takes a shared frame back if nothing refers to it; the guest may have let go of its own
     * reference.
     *
     * @return false if it does; nothing changed then
     */
    boolean unshare(long mfn) {
        int i = (int) mfn;
        if (count[i] != (isAllocated(mfn) ? 1 : 0)) {
            return false;
        }
        count[i] = 0;
        state[i] = FrameOwner.NONE;
        reset(mfn);
        return true;
    }

    void state(StateFields s) {
        s.bytes("state", state);
        s.ints("count", count);
        s.bytes("type", type);
        s.ints("typeCount", typeCount);
        s.shorts("linear", linear);
        guestPages = s.int64("guestPages", guestPages, 0, frames);
    }
}
