package dev.vls.machine.cpu;

import org.jspecify.annotations.Nullable;

/** A straight line of decoded instructions from one machine address on, within one frame. */
final class Block {
    /** Most instructions in a block: bounds how far apart checks for inputs are. */
    static final int MAX_INSTRUCTIONS = 64;

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

    Block(long maddr, Insn[] instructions, long secondMfn) {
        this.maddr = maddr;
        this.instructions = instructions;
        this.secondMfn = secondMfn;
    }
}
