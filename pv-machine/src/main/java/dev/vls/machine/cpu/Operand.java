package dev.vls.machine.cpu;

import java.util.Locale;

/**
 * One operand of an {@link InstructionRow}, in the letters of the manual's opcode maps (Intel SDM
 * vol. 2, appendix A.2); docs/instructions.md lists those that are used here.
 *
 * @param kind where the operand is
 * @param size how wide it is
 * @param read whether the kernel receives its value
 * @param written whether the kernel's result goes there
 */
public record Operand(Kind kind, Size size, boolean read, boolean written) {

    public enum Kind {
        /** E: general register or memory by ModRM.rm. */
        RM,
        /** G: general register by ModRM.reg. */
        REG,
        /** Z: general register by the opcode's low three bits. */
        OPCODE_REG,
        /** B: general register by VEX.vvvv. */
        VVVV,
        /** A: the accumulator. */
        ACCUMULATOR,
        /** CL as a shift count. */
        CL,
        /** I: immediate, sign-extended to the operand size. */
        IMMEDIATE,
        /** i: immediate byte or word, zero-extended, as an int. */
        UNSIGNED_IMMEDIATE,
        /** The constant one. */
        ONE,
        /** J: branch target, relative to the next instruction. */
        TARGET,
        /** M: the linear address of a memory operand. */
        ADDRESS,
        /** O: memory at an absolute address within the instruction. */
        OFFSET,
        /** S: segment register by ModRM.reg, as an int. */
        SEGMENT,
        /** cc: condition, the opcode's low four bits, as an int. */
        CONDITION,
        /** V: XMM register by ModRM.reg. */
        XMM_REG,
        /** W: XMM register or memory by ModRM.rm. */
        XMM_RM,
        /** XMM0: that register. */
        XMM0,
        /** P: MMX register by ModRM.reg. */
        MMX_REG,
        /** Q: MMX register or memory by ModRM.rm. */
        MMX_RM,
        /** ST: x87 register by ModRM.rm, as an int. */
        ST,
        /** ST0: the top of the x87 stack; only in {@link AssemblySyntax}, as what follows. */
        TOP,
        /** C: control register by ModRM.reg. */
        CONTROL_REG,
        /** D: debug register by ModRM.reg. */
        DEBUG_REG,
        /** DX: the port in that register. */
        PORT,
        /** X: memory at DS:RSI. */
        SOURCE,
        /** Y: memory at ES:RDI. */
        DESTINATION
    }

    public enum Size {
        NONE(0),
        B(8),
        W(16),
        D(32),
        Q(64),
        /** 128 bits, passed as an index into {@link Cpu#xmm}. */
        X(128),
        /** 16, 32 or 64 by operand size. */
        V(0),
        /** 32, or 64 with REX.W. */
        Y(0),
        /** 16 or 32 by operand size, sign-extended to it: immediates and branch offsets. */
        Z(0);

        private final int bits;

        Size(int bits) {
            this.bits = bits;
        }

        /** Width in bits under an operand size. */
        public int bits(int operandSize) {
            return switch (this) {
                case V -> operandSize;
                case Y -> Math.max(operandSize, 32);
                case Z -> Math.min(operandSize, 32);
                default -> bits;
            };
        }
    }

    /** Passed to kernels as an int rather than as a long value. */
    public boolean isIndex() {
        return switch (kind) {
            case UNSIGNED_IMMEDIATE, SEGMENT, CONDITION, ST -> true;
            case XMM_REG, XMM_RM, XMM0 -> size == Size.X;
            default -> false;
        };
    }

    public boolean usesRm() {
        return kind == Kind.RM || kind == Kind.XMM_RM || kind == Kind.MMX_RM;
    }

    /** Parses the notation of the table: an optional {@code +} or {@code =}, a letter, a size. */
    static Operand parse(String text) {
        boolean written = text.startsWith("+") || text.startsWith("=");
        boolean read = !text.startsWith("=");
        String name = written ? text.substring(1) : text;
        Operand fixed =
                switch (name) {
                    case "CL" -> new Operand(Kind.CL, Size.B, true, false);
                    case "1" -> new Operand(Kind.ONE, Size.B, true, false);
                    case "M" -> new Operand(Kind.ADDRESS, Size.NONE, true, false);
                    case "cc" -> new Operand(Kind.CONDITION, Size.NONE, true, false);
                    case "ST" -> new Operand(Kind.ST, Size.NONE, true, false);
                    case "XMM0" -> new Operand(Kind.XMM0, Size.X, true, false);
                    case "S" -> new Operand(Kind.SEGMENT, Size.NONE, true, false);
                    case "ST0" -> new Operand(Kind.TOP, Size.NONE, true, false);
                    case "DX" -> new Operand(Kind.PORT, Size.W, true, false);
                    default -> null;
                };
        if (fixed != null) {
            return fixed;
        }
        Kind kind =
                switch (name.charAt(0)) {
                    case 'E' -> Kind.RM;
                    case 'G' -> Kind.REG;
                    case 'Z' -> Kind.OPCODE_REG;
                    case 'B' -> Kind.VVVV;
                    case 'A' -> Kind.ACCUMULATOR;
                    case 'I' -> Kind.IMMEDIATE;
                    case 'i' -> Kind.UNSIGNED_IMMEDIATE;
                    case 'J' -> Kind.TARGET;
                    case 'O' -> Kind.OFFSET;
                    case 'V' -> Kind.XMM_REG;
                    case 'W' -> Kind.XMM_RM;
                    case 'P' -> Kind.MMX_REG;
                    case 'Q' -> Kind.MMX_RM;
                    case 'C' -> Kind.CONTROL_REG;
                    case 'D' -> Kind.DEBUG_REG;
                    case 'X' -> Kind.SOURCE;
                    case 'Y' -> Kind.DESTINATION;
                    default -> throw new IllegalArgumentException("operand " + text);
                };
        Size size = Size.valueOf(name.substring(1).toUpperCase(Locale.ROOT));
        return new Operand(kind, size, read, written);
    }
}
