package dev.vls.machine.cpu.translate;

import dev.vls.machine.cpu.Block;
import dev.vls.machine.cpu.Insn;
import dev.vls.machine.cpu.Shape;

/** A block, or the first part of one, within a {@link RegionPlan}. */
final class PlannedBlock {
    final Block source;

    /** Its linear address, relative to the page of the region's entry. */
    final int delta;

    final long mfn;

    /** How many of the source's instructions belong to it. */
    private int count;

    PlannedBlock(Block source, int delta, long mfn, int count) {
        this.source = source;
        this.delta = delta;
        this.mfn = mfn;
        this.count = count;
    }

    int count() {
        return count;
    }

    Insn insn(int i) {
        return source.instructions[i];
    }

    Insn last() {
        return insn(count - 1);
    }

    /** Whether it reads flags that it has not written. */
    boolean readsFlags() {
        for (int i = 0; i < count; i++) {
            Insn insn = insn(i);
            Shape shape = insn.shape();
            if (shape == null || FlagsEmitter.overwrites(insn, shape)) {
                return false;
            }
            if (FlagsEmitter.reads(shape.row())) {
                return true;
            }
        }
        return false;
    }

    int page() {
        return delta >> 12;
    }

    /** Where the instruction after the last stands. */
    int end() {
        int at = delta;
        for (int i = 0; i < count; i++) {
            at += insn(i).length;
        }
        return at;
    }

    /** Cuts the block before an address if that is the start of a later instruction of it. */
    void cutAt(int otherDelta) {
        int at = delta;
        for (int i = 0; i < count; i++) {
            if (at == otherDelta && i > 0) {
                count = i;
                return;
            }
            at += insn(i).length;
        }
    }
}
