package dev.vls.machine.cpu;

/** Told by the {@link Interpreter} which blocks are worth a {@link Translation}. */
public interface HotBlocks {
    /** How often a block is interpreted before {@link #hot} is called for it; at least 1. */
    int threshold();

    /** A block was found that often, and is about to run. */
    void hot(Cpu cpu, Block block);

    /** Called now and then between two instructions, to take over translations that are ready. */
    void poll();
}
