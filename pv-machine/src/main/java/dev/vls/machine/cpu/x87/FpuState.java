package dev.vls.machine.cpu.x87;

import dev.vls.machine.cpu.fp.FpFlags;
import dev.vls.machine.cpu.fp.WideFloat;
import dev.vls.machine.state.StateFields;

/**
 * Registers of the x87 unit of one virtual CPU, with the scratch fields its operations work in.
 *
 * <p>Physical registers are addressed relative to TOP by the {@code st} methods. ES and B of the
 * status word are not stored: they follow from the exception flags and the masks at any moment, as
 * on the processor. Owned by the thread that runs the CPU; nothing here allocates after
 * construction.
 *
 * <p>An operation leaves its result in {@link #resultExponent} and {@link #resultSignificand} and
 * the exceptions it found in its return value; an instruction then hands these to {@link #raise}
 * and stores only when that agrees.
 */
public final class FpuState {
    /** Stack fault flag of the status word. */
    public static final int STACK_FAULT = 0x40;

    /** Exception summary flag of the status word. */
    public static final int ERROR_SUMMARY = 0x80;

    /** Condition code C0. */
    public static final int C0 = 0x100;

    /** Condition code C1. */
    public static final int C1 = 0x200;

    /** Condition code C2. */
    public static final int C2 = 0x400;

    /** Condition code C3. */
    public static final int C3 = 0x4000;

    /** All condition codes. */
    public static final int CONDITION_CODES = C0 | C1 | C2 | C3;

    private static final int STATUS_STORED = CONDITION_CODES | STACK_FAULT | FpFlags.ALL;

    /** Control word after FNINIT. */
    public static final int CONTROL_INITIAL = 0x37F;

    /** What the exponent of an unmasked overflow or underflow is moved by. */
    private static final int WRAP = 24576;

    final int[] exponents = new int[8];
    final long[] significands = new long[8];

    /** Physical registers that are not empty, one bit each (the abridged tag word of FXSAVE). */
    int valid;

    int top;
    int control = CONTROL_INITIAL;

    /** Flags, SF and condition codes of the status word. */
    int status;

    /** Opcode of the last instruction that raised an unmasked exception, 11 bits. */
    public int lastOpcode;

    /** RIP of the last non-control instruction. */
    public long lastInstructionPointer;

    /** Linear offset of the last memory operand, kept for unmasked exceptions only. */
    public long lastDataPointer;

    /** Sign and exponent of the last operation's result. */
    public int resultExponent;

    /** Significand of the last operation's result, or the bits of a value to store. */
    public long resultSignificand;

    /** Exceptions of a prepared store, or those found while a memory operand was converted. */
    int pendingFlags;

    /** Condition code C1 of a prepared store. */
    boolean pendingRoundUp;

    final WideFloat a = new WideFloat();
    final WideFloat b = new WideFloat();
    final WideFloat r = new WideFloat();
    final Elementary elementary = new Elementary();

    /** Creates a unit in the state after FNINIT. */
    public FpuState() {}

    /** FNINIT: default control word, empty stack, no flags. */
    public void initialize() {
        control = CONTROL_INITIAL;
        status = 0;
        top = 0;
        valid = 0;
        lastOpcode = 0;
        lastInstructionPointer = 0;
        lastDataPointer = 0;
    }

    /** FNCLEX: clears the exception flags and SF. */
    public void clearExceptions() {
        status &= CONDITION_CODES;
    }

    /** Returns the control word. */
    public int controlWord() {
        return control;
    }

    /** Loads the control word; reserved bits read back as the processor has them. */
    public void setControlWord(int word) {
        control = (word & 0x1F7F) | 0x40;
    }

    /** Returns the status word with TOP, ES and B. */
    public int statusWord() {
        return status | (top << 11) | (hasPendingException() ? 0x8080 : 0);
    }

    /** Loads the status word; ES and B are derived, not loaded. */
    public void setStatusWord(int word) {
        status = word & STATUS_STORED;
        top = (word >> 11) & 7;
    }

    /** Tells whether the next waiting instruction must raise #MF. */
    public boolean hasPendingException() {
        return (status & ~control & FpFlags.ALL) != 0;
    }

    /** Returns TOP, the physical register that is ST(0). */
    public int top() {
        return top;
    }

    /** Returns the abridged tag word: a bit for each physical register in use. */
    public int abridgedTags() {
        return valid;
    }

    /** Sets the abridged tag word. */
    public void setAbridgedTags(int tags) {
        valid = tags & 0xFF;
    }

    /** Tells whether ST(i) is empty. */
    public boolean isEmpty(int i) {
        return (valid >> ((top + i) & 7) & 1) == 0;
    }

    /** Returns sign and exponent of ST(i). */
    public int exponent(int i) {
        return exponents[(top + i) & 7];
    }

    /** Returns the significand of ST(i). */
    public long significand(int i) {
        return significands[(top + i) & 7];
    }

    /** Writes ST(i) and marks it in use. */
    public void set(int i, int signExponent, long significand) {
        int physical = (top + i) & 7;
        exponents[physical] = signExponent & 0xFFFF;
        significands[physical] = significand;
        valid |= 1 << physical;
    }

    /** Writes ST(i) without touching its tag, as the FXRSTOR image does. */
    public void setUntagged(int i, int signExponent, long significand) {
        int physical = (top + i) & 7;
        exponents[physical] = signExponent & 0xFFFF;
        significands[physical] = significand;
    }

    /** Writes the last result to ST(i). */
    void setResult(int i) {
        set(i, resultExponent, resultSignificand);
    }

    /** Decrements TOP and writes the new ST(0), which the caller found empty. */
    void push(int signExponent, long significand) {
        top = (top - 1) & 7;
        set(0, signExponent, significand);
    }

    /** Empties ST(0) and increments TOP. */
    void pop() {
        valid &= ~(1 << top);
        top = (top + 1) & 7;
    }

    /** FFREE: empties ST(i). */
    public void free(int i) {
        status &= ~C1;
        valid &= ~(1 << ((top + i) & 7));
    }

    /** FINCSTP. */
    public void incrementTop() {
        status &= ~C1;
        top = (top + 1) & 7;
    }

    /** FDECSTP. */
    public void decrementTop() {
        status &= ~C1;
        top = (top - 1) & 7;
    }

    /** Returns MMX register {@code i}: the significand of a physical register. */
    public long mmx(int i) {
        return significands[i];
    }

    /** Writes MMX register {@code i}; sign and exponent become all ones. */
    public void setMmx(int i, long value) {
        significands[i] = value;
        exponents[i] = 0xFFFF;
    }

    /** What every MMX instruction but EMMS does: TOP is 0 and no register is empty. */
    public void enterMmx() {
        top = 0;
        valid = 0xFF;
    }

    /** Rounding mode of the control word, as {@link FpFlags} names them. */
    int roundingMode() {
        return (control >> 10) & 3;
    }

    /** Tells whether results are rounded to nearest with all 64 bits. */
    boolean roundsNearestTo64() {
        return (control & 0xF00) == 0x300;
    }

    /** Significant bits that the precision control grants. */
    int precision() {
        return switch ((control >> 8) & 3) {
            case 0 -> 24;
            case 2 -> 53;
            default -> 64;
        };
    }

    /** Exceptions that are not masked. */
    int unmasked() {
        return ~control & FpFlags.ALL;
    }

    /**
     * Adds exceptions to the status word.
     *
     * @return whether the operation may deliver its result; an unmasked exception found before the
     *     result was computed forbids it
     */
    boolean raise(int flags) {
        if ((flags & unmasked() & FpFlags.BEFORE_RESULT) != 0) {
            status |= flags & (FpFlags.BEFORE_RESULT | STACK_FAULT);
            return false;
        }
        status |= flags;
        return true;
    }

    /** Raises the invalid operation of an empty register; true when the masked response is due. */
    boolean stackUnderflow() {
        status &= ~C1;
        indefinite();
        return raise(FpFlags.INVALID | STACK_FAULT);
    }

    /** Raises the invalid operation of a full stack; true when the masked response is due. */
    boolean stackOverflow() {
        status |= C1;
        indefinite();
        return raise(FpFlags.INVALID | STACK_FAULT);
    }

    /** Makes the result the indefinite QNaN. */
    void indefinite() {
        resultExponent = Extended.INDEFINITE_EXPONENT;
        resultSignificand = Extended.INDEFINITE_SIGNIFICAND;
    }

    /** Sets the result. */
    void result(int signExponent, long significand) {
        resultExponent = signExponent;
        resultSignificand = significand;
    }

    /** Sets or clears C1. */
    void setC1(boolean on) {
        status = on ? status | C1 : status & ~C1;
    }

    /**
     * Rounds {@link #r} to the extended format and packs it as the result. An unmasked overflow or
     * underflow moves the exponent; where that is not enough, as after FSCALE, the result is an
     * infinity or zero whatever the rounding mode.
     *
     * @return exceptions raised
     */
    int roundResult(int precision) {
        int unmasked = unmasked();
        boolean above = r.exponent > Extended.EXPONENT_MAX + WRAP;
        if (above && (unmasked & FpFlags.OVERFLOW) != 0) {
            result(r.negative ? 0xFFFF : 0x7FFF, Extended.INTEGER_BIT);
            r.roundedUp = true;
            return FpFlags.OVERFLOW | FpFlags.PRECISION;
        }
        boolean below = r.exponent < Extended.EXPONENT_MIN - WRAP;
        if (below && (unmasked & FpFlags.UNDERFLOW) != 0) {
            result(r.negative ? 0x8000 : 0, 0);
            r.roundedUp = false;
            return FpFlags.UNDERFLOW | FpFlags.PRECISION;
        }
        int flags =
                r.round(
                        precision,
                        Extended.EXPONENT_MIN,
                        Extended.EXPONENT_MAX,
                        roundingMode(),
                        unmasked);
        if ((flags & unmasked & FpFlags.OVERFLOW) != 0) {
            r.exponent -= WRAP;
        } else if ((flags & unmasked & FpFlags.UNDERFLOW) != 0) {
            r.exponent += WRAP;
        }
        int field = r.high < 0 ? r.exponent + Extended.BIAS : 0;
        resultExponent = field | (r.negative ? 0x8000 : 0);
        resultSignificand = r.high;
        return flags;
    }

    /** Tells whether the last {@link #roundResult} rounded its magnitude up. */
    boolean roundedUp() {
        return r.roundedUp;
    }

    /** The unit's registers; all else is scratch of one instruction. */
    public void state(StateFields s) {
        s.ints("exponents", exponents);
        s.within("exponents", exponents, 0, 0xFFFF);
        s.longs("significands", significands);
        valid = s.int32("valid", valid, 0, 0xFF);
        top = s.int32("top", top, 0, 7);
        control = s.int32("control", control, 0, 0xFFFF);
        status = s.int32("status", status, 0, 0xFFFF);
        lastOpcode = s.int32("lastOpcode", lastOpcode, 0, 0x7FF);
        lastInstructionPointer = s.int64("lastInstructionPointer", lastInstructionPointer);
        lastDataPointer = s.int64("lastDataPointer", lastDataPointer);
    }
}
