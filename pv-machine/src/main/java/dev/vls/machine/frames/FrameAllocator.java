package dev.vls.machine.frames;

import static dev.vls.machine.memory.MachineMemory.PAGE_SHIFT;

import dev.vls.machine.state.StateFields;

/**
 * Free machine frames, in a binary buddy system. Which frames an allocation gets depends on nothing
 * but the history of allocations: the highest block of the smallest order that will do, and of a
 * split block the upper half, so frames are handed out downwards and pfns never run parallel to
 * mfns. Free frames hold zeroes.
 */
public final class FrameAllocator {
    /** Blocks have up to {@code 1 << MAX_ORDER} frames, as Xen's MAX_ORDER. */
    public static final int MAX_ORDER = 18;

    private static final long NONE = -1;
    private static final int ADDRESS_BITS_MAX = 52;

    /** Per order a bit for each free block, by mfn shifted right by the order. */
    private final FrameBitmap[] free = new FrameBitmap[MAX_ORDER + 1];

    private final long frames;
    private long freeFrames;

    /** Nothing is free at first. */
    FrameAllocator(long frames) {
        this.frames = frames;
        for (int order = 0; order <= MAX_ORDER; order++) {
            free[order] = new FrameBitmap((int) (frames >>> order) + 1);
        }
    }

    /** Frees a range of frames that were never allocated. */
    void addRange(long first, long end) {
        long mfn = first;
        while (mfn < end) {
            int order = Math.min(Long.numberOfTrailingZeros(mfn | 1L << MAX_ORDER), MAX_ORDER);
            while (mfn + (1L << order) > end) {
                order--;
            }
            release(mfn, order);
            mfn += 1L << order;
        }
    }

    public long freeFrames() {
        return freeFrames;
    }

    /**
     * Takes {@code 1 << order} contiguous frames, aligned to their number.
     *
     * @param addressBits bound on machine addresses: all frames lie below {@code 1 << addressBits}
     * @return the first frame, or -1 if there is no such block
     */
    public long allocate(int order, int addressBits) {
        long limit = limit(addressBits);
        for (int from = order; from <= MAX_ORDER; from++) {
            // A larger block is of use when its part of the wanted size lies below the limit.
            long wanted = (limit >>> order) - 1;
            if (wanted < 0) {
                return NONE;
            }
            int index = free[from].previousSetBit((int) (wanted >>> (from - order)));
            if (index >= 0) {
                free[from].clear(index);
                return split((long) index << from, from, order, limit);
            }
        }
        return NONE;
    }

    /** Frames below an address of so many bits. */
    private long limit(int addressBits) {
        if (addressBits >= ADDRESS_BITS_MAX) {
            return frames;
        }
        return Math.min(frames, (1L << Math.max(addressBits, 0)) >>> PAGE_SHIFT);
    }

    private long split(long block, int from, int order, long limit) {
        long at = block;
        for (int half = from - 1; half >= order; half--) {
            long upper = at + (1L << half);
            boolean takeUpper = upper + (1L << order) <= limit;
            free[half].set((int) ((takeUpper ? at : upper) >>> half));
            at = takeUpper ? upper : at;
        }
        freeFrames -= 1L << order;
        return at;
    }

    /** Gives back a block; its content must be zero. */
    public void release(long mfn, int order) {
        long block = mfn;
        int size = order;
        while (size < MAX_ORDER) {
            int buddy = (int) ((block ^ 1L << size) >>> size);
            if (!free[size].get(buddy)) {
                break;
            }
            free[size].clear(buddy);
            block &= -(2L << size);
            size++;
        }
        free[size].set((int) (block >>> size));
        freeFrames += 1L << order;
    }

    /** Whether a frame is part of a free block. */
    boolean isFree(long mfn) {
        for (int order = 0; order <= MAX_ORDER; order++) {
            if (free[order].get((int) (mfn >>> order))) {
                return true;
            }
        }
        return false;
    }

    void state(StateFields s) {
        for (int order = 0; order <= MAX_ORDER; order++) {
            free[order].state(s);
            int first = (int) (frames >>> order);
            if (free[order].previousSetBit(Integer.MAX_VALUE) >= first) {
                throw s.refusal("free", "frames that there are not");
            }
        }
        freeFrames = s.int64("freeFrames", freeFrames, 0, frames);
    }
}
