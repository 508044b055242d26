package dev.vls.machine.fuzz;

/**
 * What of a case is not compared.
 *
 * @param approximate whether ST(0) and ST(1) may differ in the last place, and some bits of the
 *     status with them
 * @param undefinedFlags bits of RFLAGS
 * @param lastInstruction whether FOP, FIP and FDP are left out: on AMD
 */
record Leeway(boolean approximate, long undefinedFlags, boolean lastInstruction) {
    /** C1 and UE in the first 8 bytes of the FXSAVE image. */
    private static final long C1 = 1L << 25;

    private static final long UE = 1L << 20;
    private static final long FOP = 0xFFFFL << 48;
    private static final int FIP = 8;
    private static final int FDP = 16;

    /**
     * Status that may differ with an approximate result, in the first 8 bytes of the FXSAVE image:
     * at the border of the denormals, AMD's may be one on the other side.
     */
    long approximateStatus() {
        return lastInstruction ? C1 | UE : C1;
    }

    /** Bits that are left out in 8 bytes of the FXSAVE image. */
    long ignoredFxsaveBits(int offset) {
        if (!lastInstruction) {
            return 0;
        }
        return switch (offset) {
            case 0 -> FOP;
            case FIP, FDP -> -1;
            default -> 0;
        };
    }
}
