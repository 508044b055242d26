package dev.vls.machine.cpu;

import org.jspecify.annotations.Nullable;

/** A straight line of decoded instructions from one machine address on, within one frame. */
final class Block {
    /** Most instructions in a block: bounds how far apart checks for inputs are. */
    static final int MAX_INSTRUCTIONS = 64;

    private static final long NEVER = -1;

    final long maddr;
    final Insn[] instructions;

    /** Frame of the part beyond the page for a block whose only instruction crosses it, else -1. */
    final long secondMfn;

    /** False once a byte of the block was written. */
    boolean valid = true;

    /** Next block in the same bucket of the {@link CodeCache}. */
    @Nullable Block nextInBucket;

    /** Next block that starts in the same frame. */
    @Nullable Block nextInFrame;

    // Two of the blocks that were run after this one, each with the RIP at which it was found and
    // the generation of the TLB through which.
    private long firstRip;
    private long firstGeneration = NEVER;
    private @Nullable Block first;
    private long secondRip;
    private long secondGeneration = NEVER;
    private @Nullable Block second;

    Block(long maddr, Insn[] instructions, long secondMfn) {
        this.maddr = maddr;
        this.instructions = instructions;
        this.secondMfn = secondMfn;
    }

    /** The block at RIP if it was {@linkplain #link linked} to this one and still is right. */
    @Nullable Block follow(long rip, long generation) {
        Block found;
        if (firstRip == rip && firstGeneration == generation) {
            found = first;
        } else if (secondRip == rip && secondGeneration == generation) {
            found = second;
        } else {
            return null;
        }
        return found != null && found.valid ? found : null;
    }

    /** Remembers where the guest went from here: a branch goes to two places, a return to many. */
    void link(long rip, long generation, Block next) {
        if (first == null || firstRip == rip || firstGeneration != generation) {
            firstRip = rip;
            firstGeneration = generation;
            first = next;
        } else {
            secondRip = rip;
            secondGeneration = generation;
            second = next;
        }
    }

    /** Takes the block out of use; it holds on to no other. */
    void invalidate() {
        valid = false;
        first = null;
        second = null;
    }
}
