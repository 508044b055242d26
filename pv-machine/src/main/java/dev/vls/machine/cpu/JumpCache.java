package dev.vls.machine.cpu;

import org.jspecify.annotations.Nullable;

/**
 * The way from RIP to its block without a page walk or a hash: direct-mapped by RIP, good for one
 * {@linkplain dev.vls.machine.memory.Tlb#generation generation} of the TLB that it belongs to.
 */
final class JumpCache {
    private static final int SLOTS = 1 << 12;

    private final long[] rip = new long[SLOTS];
    private final long[] generation = new long[SLOTS];
    private final @Nullable Block[] block = new Block[SLOTS];

    @Nullable Block find(long linear, long tlbGeneration) {
        int slot = slot(linear);
        Block found = block[slot];
        return found != null
                        && rip[slot] == linear
                        && generation[slot] == tlbGeneration
                        && found.valid
                ? found
                : null;
    }

    void put(long linear, long tlbGeneration, Block found) {
        int slot = slot(linear);
        rip[slot] = linear;
        generation[slot] = tlbGeneration;
        block[slot] = found;
    }

    private static int slot(long linear) {
        return (int) (linear ^ linear >>> 12) & (SLOTS - 1);
    }
}
