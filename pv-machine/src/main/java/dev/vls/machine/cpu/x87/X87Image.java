package dev.vls.machine.cpu.x87;

/**
 * Contents of the memory images of FNSTENV, FNSAVE and FXSAVE, word by word, so that callers do the
 * memory accesses.
 *
 * <p>The CS and DS selectors are stored as zero, as processors do that report {@code
 * FCS_FDS_DEPRECATED}.
 */
public final class X87Image {
    /** Words of the 32-bit environment. */
    public static final int ENVIRONMENT_WORDS = 7;

    private X87Image() {}

    /** Returns the full tag word: two bits a physical register. */
    public static int fullTags(FpuState f) {
        int tags = 0;
        for (int i = 0; i < 8; i++) {
            tags |= tag(f, i) << (2 * i);
        }
        return tags;
    }

    private static int tag(FpuState f, int physical) {
        if ((f.valid >> physical & 1) == 0) {
            return 3;
        }
        return switch (Extended.classify(f.exponents[physical], f.significands[physical])) {
            case Extended.ZERO -> 1;
            case Extended.NORMAL -> 0;
            default -> 2;
        };
    }

    /** Loads a full tag word: only emptiness matters. */
    public static void setFullTags(FpuState f, int tags) {
        int valid = 0;
        for (int i = 0; i < 8; i++) {
            if ((tags >> (2 * i) & 3) != 3) {
                valid |= 1 << i;
            }
        }
        f.valid = valid;
    }

    /**
     * Returns one word of the environment.
     *
     * @param index 0 to 6: control, status, tags, instruction offset, opcode and selector, data
     *     offset, data selector
     * @param wide whether the operand size is 32 bits; the 16-bit image has the lower halves
     */
    public static int environment(FpuState f, int index, boolean wide) {
        int reserved = wide ? 0xFFFF0000 : 0;
        return switch (index) {
            case 0 -> f.control | reserved;
            case 1 -> f.statusWord() | reserved;
            case 2 -> fullTags(f) | reserved;
            case 3 -> (int) f.lastInstructionPointer;
            case 4 -> wide ? (f.lastOpcode & 0x7FF) << 16 : 0;
            case 5 -> (int) f.lastDataPointer;
            default -> reserved;
        };
    }

    /** Loads one word of the environment; load the words in ascending order. */
    public static void setEnvironment(FpuState f, int index, int word, boolean wide) {
        long offset = wide ? word & 0xFFFFFFFFL : word & 0xFFFFL;
        switch (index) {
            case 0 -> f.setControlWord(word);
            case 1 -> f.setStatusWord(word);
            case 2 -> setFullTags(f, word);
            case 3 -> f.lastInstructionPointer = offset;
            case 4 -> f.lastOpcode = wide ? (word >>> 16) & 0x7FF : 0;
            case 5 -> f.lastDataPointer = offset;
            default -> {}
        }
    }

    /** What FNSTENV does after its stores: masks every exception. */
    public static void maskAll(FpuState f) {
        f.control |= 0x3F;
    }

    /** Returns the first quadword of the FXSAVE image: FCW, FSW, abridged FTW and FOP. */
    public static long fxsaveHeader(FpuState f) {
        return f.control
                | (long) f.statusWord() << 16
                | (long) f.valid << 32
                | (long) (f.lastOpcode & 0x7FF) << 48;
    }

    /** Loads the first quadword of the FXSAVE image; load it before the registers. */
    public static void setFxsaveHeader(FpuState f, long header) {
        f.setControlWord((int) header & 0xFFFF);
        f.setStatusWord((int) (header >>> 16) & 0xFFFF);
        f.valid = (int) (header >>> 32) & 0xFF;
        f.lastOpcode = (int) (header >>> 48) & 0x7FF;
    }
}
