package dev.vls.machine.cpu.fp;

/**
 * Exception flags and rounding modes, with the bit positions that the x87 status word and MXCSR
 * share (Intel SDM volume 1, sections 8.1.3 and 10.2.3).
 */
public final class FpFlags {
    /** Invalid operation. */
    public static final int INVALID = 1;

    /** Denormal operand. */
    public static final int DENORMAL = 2;

    /** Division of a finite number by zero, or the like. */
    public static final int ZERO_DIVIDE = 4;

    /** Overflow. */
    public static final int OVERFLOW = 8;

    /** Underflow. */
    public static final int UNDERFLOW = 16;

    /** Precision: the result is inexact. */
    public static final int PRECISION = 32;

    /** The exceptions found before a result is computed; unmasked, they leave operands alone. */
    public static final int BEFORE_RESULT = INVALID | DENORMAL | ZERO_DIVIDE;

    /** Every exception flag. */
    public static final int ALL = 0x3F;

    /** Round to nearest, ties to even. */
    public static final int NEAREST = 0;

    /** Round towards minus infinity. */
    public static final int DOWN = 1;

    /** Round towards plus infinity. */
    public static final int UP = 2;

    /** Round towards zero. */
    public static final int TRUNCATE = 3;

    private FpFlags() {}
}
