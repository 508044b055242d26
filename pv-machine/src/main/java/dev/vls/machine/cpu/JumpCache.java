package dev.vls.machine.cpu;

import dev.vls.machine.memory.Tlb;
import org.jspecify.annotations.Nullable;

/**
 * The way from RIP to its block without a page walk or a hash: direct-mapped by RIP. An entry is
 * good where the TLB in use has the block's frame at RIP, so that entries outlive changes of
 * page-table roots.
 */
final class JumpCache {
    private static final int SLOTS = 1 << 13;

    private final long[] rip = new long[SLOTS];
    private final @Nullable Block[] block = new Block[SLOTS];

    @Nullable Block find(long linear, Tlb tlb) {
        int slot = slot(linear);
        Block found = block[slot];
        return found != null
                        && rip[slot] == linear
                        && found.valid
                        && tlb.executes(linear, found.mfn)
                ? found
                : null;
    }

    void put(long linear, Block found) {
        int slot = slot(linear);
        rip[slot] = linear;
        block[slot] = found;
    }

    private static int slot(long linear) {
        return (int) (linear ^ linear >>> 12) & (SLOTS - 1);
    }
}
