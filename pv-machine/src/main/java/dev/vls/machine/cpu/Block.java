package dev.vls.machine.cpu;

import dev.vls.machine.memory.MachineMemory;
import dev.vls.machine.memory.Tlb;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A straight line of decoded instructions from one machine address on, within one frame. Small, as
 * {@link Insn} is.
 */
public final class Block {
    /** Most instructions in a block: bounds how far apart checks for inputs are. */
    static final int MAX_INSTRUCTIONS = 64;

    public final long maddr;
    public final Insn[] instructions;

    /** The first of the instructions; each has the next one. */
    final Insn first;

    /** How many instructions. */
    final byte count;

    /** Frame of the part beyond the page for a block whose only instruction crosses it, else -1. */
    public final int secondMfn;

    /** False once a byte of the block was written. */
    public boolean valid = true;

    /** Times it was found by the interpreter, up to a bound; the translator's profile. */
    public int executions;

    /** What to run instead, if there is anything. */
    @Nullable Translation translation;

    /** Translations that contain instructions of this block. */
    private @Nullable List<Translation> dependents;

    /** Next block in the same bucket of the {@link CodeCache}. */
    @Nullable Block nextInBucket;

    /** Next block that starts in the same frame. */
    @Nullable Block nextInFrame;

    /** The frame that the block begins in. */
    final int mfn;

    // Two of the blocks that were run after this one, with the lower half of the RIP of each: the
    // offset in the page is in it, and the TLB tells the rest.
    private int oneRip;
    private @Nullable Block one;
    private int otherRip;
    private @Nullable Block other;

    Block(long maddr, Insn[] instructions, int secondMfn) {
        this.maddr = maddr;
        this.mfn = (int) (maddr >>> MachineMemory.PAGE_SHIFT);
        this.instructions = instructions;
        this.first = instructions[0];
        this.count = (byte) instructions.length;
        this.secondMfn = secondMfn;
        for (int i = 1; i < instructions.length; i++) {
            instructions[i - 1].next = instructions[i];
        }
    }

    /** The block at RIP if it was {@linkplain #link linked} to this one and is there now. */
    @Nullable Block follow(long rip, Tlb tlb) {
        Block found;
        if (oneRip == (int) rip) {
            found = one;
        } else if (otherRip == (int) rip) {
            found = other;
        } else {
            return null;
        }
        return found != null && found.valid && tlb.executes(rip, found.mfn) ? found : null;
    }

    /** Remembers where the guest went from here: a branch goes to two places, a return to many. */
    void link(long rip, Block next) {
        if (one == null || oneRip == (int) rip) {
            oneRip = (int) rip;
            one = next;
        } else {
            otherRip = (int) rip;
            other = next;
        }
    }

    /** Whether a translation begins with it. */
    public boolean isEntry() {
        return translation != null;
    }

    /** Runs a translation instead of this block from now on. */
    public void translateAs(Translation replacement) {
        translation = replacement;
    }

    /** Makes a translation end with this block. */
    public void addDependent(Translation dependent) {
        if (dependents == null) {
            dependents = new ArrayList<>();
        }
        dependents.add(dependent);
    }

    /** Whether instructions of this block are in a translation. */
    boolean isTranslated() {
        return dependents != null && !dependents.isEmpty();
    }

    /** Forgets a translation that is in use no more. */
    public void removeDependent(Translation dependent) {
        if (translation != null && translation.isOf(dependent)) {
            translation = null;
            executions = 0;
        }
        if (dependents != null) {
            dependents.remove(dependent);
        }
    }

    /** Takes the block out of use; it holds on to no other. */
    void invalidate() {
        valid = false;
        one = null;
        other = null;
        translation = null;
        List<Translation> ending = dependents;
        dependents = null;
        if (ending != null) {
            ending.forEach(Translation::invalidate);
        }
    }
}
