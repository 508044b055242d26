package dev.vls.machine.cpu.sse;

import dev.vls.machine.cpu.fp.FpFlags;
import dev.vls.machine.cpu.fp.WideFloat;

/**
 * MXCSR of one virtual CPU, with the exceptions that the instruction in progress has met.
 *
 * <p>Lane operations add to {@link #raised}; the instruction then asks {@link #commit} whether it
 * may write its destination. Owned by the thread that runs the CPU.
 */
public final class MxcsrState {
    /** MXCSR after reset: every exception masked. */
    public static final int INITIAL = 0x1F80;

    /** Bits that may be set; others in LDMXCSR or FXRSTOR raise #GP. */
    public static final int WRITABLE = 0xFFFF;

    private static final int DENORMALS_ARE_ZERO = 1 << 6;

    private static final int FLUSH_TO_ZERO = 1 << 15;

    private static final int MASK_SHIFT = 7;

    private int value;

    /** Exceptions that the lanes of the current instruction raised. */
    int raised;

    /** Whether the rounding mode is to nearest. */
    boolean nearest;

    /** Whether another inexact result changes nothing: PE is set already, and masked. */
    boolean precisionKnown;

    /** Both: then arithmetic on normal numbers with a normal result is the JVM's, and no more. */
    boolean settled;

    final WideFloat a = new WideFloat();
    final WideFloat b = new WideFloat();
    final WideFloat r = new WideFloat();

    /** Creates the state after reset. */
    public MxcsrState() {
        set(INITIAL);
    }

    /** Returns MXCSR. */
    public int get() {
        return value;
    }

    /** Sets MXCSR; the caller has rejected bits outside {@link #WRITABLE}. */
    public void set(int mxcsr) {
        value = mxcsr;
        nearest = roundingMode() == FpFlags.NEAREST;
        precisionKnown = (mxcsr & FpFlags.PRECISION & unmaskedComplement()) != 0;
        settled = nearest && precisionKnown;
        raised = 0;
    }

    private int unmaskedComplement() {
        return value >> MASK_SHIFT;
    }

    /** Rounding mode, as {@link FpFlags} names them. */
    int roundingMode() {
        return (value >> 13) & 3;
    }

    /** Exceptions that are not masked. */
    int unmasked() {
        return ~(value >> MASK_SHIFT) & FpFlags.ALL;
    }

    boolean denormalsAreZero() {
        return (value & DENORMALS_ARE_ZERO) != 0;
    }

    boolean flushToZero() {
        return (value & FLUSH_TO_ZERO) != 0;
    }

    /**
     * Ends a stage of an instruction that computes in several, as dot products do.
     *
     * @return whether to go on; otherwise an unmasked exception is left for {@link #commit}
     */
    boolean commitStage() {
        if ((raised & unmasked()) != 0) {
            return false;
        }
        return commit();
    }

    /**
     * Ends an instruction's computation: makes its exceptions sticky.
     *
     * @return whether the destination may be written; otherwise #XM is due
     */
    public boolean commit() {
        return raised == 0 || commitRaised();
    }

    private boolean commitRaised() {
        int flags = raised;
        raised = 0;
        int unmasked = unmasked();
        if ((flags & unmasked & FpFlags.BEFORE_RESULT) != 0) {
            set(value | (flags & FpFlags.BEFORE_RESULT));
            return false;
        }
        set(value | flags);
        return (flags & unmasked) == 0;
    }
}
