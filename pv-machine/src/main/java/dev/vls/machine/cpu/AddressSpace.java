package dev.vls.machine.cpu;

import dev.vls.machine.memory.Tlb;

/** What a vCPU remembers of the page tables under one root. */
final class AddressSpace {
    /** No root at all; its TLB is flushed before it gets one. */
    static final long NO_ROOT = -1;

    final Tlb tlb = new Tlb();

    /** Machine address of the L4 table. */
    long root = NO_ROOT;

    /** When it was last selected, in the order of selections. */
    long selected;
}
