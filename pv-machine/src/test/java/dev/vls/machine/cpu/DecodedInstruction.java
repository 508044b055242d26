package dev.vls.machine.cpu;

import org.jspecify.annotations.Nullable;

/** What the decoder makes of bytes, for tests outside its package. */
public final class DecodedInstruction {
    private static final int INT3 = 0xCC;

    private final @Nullable InstructionRow row;
    private final Insn insn;
    private final boolean operandPrefix;

    private DecodedInstruction(@Nullable InstructionRow row, Insn insn, boolean operandPrefix) {
        this.row = row;
        this.insn = insn;
        this.operandPrefix = operandPrefix;
    }

    /** Decodes bytes; keeps what the decoder made before, so owned by one thread. */
    public static final class Reader {
        private final Decoder decoder = new Decoder();

        /** The first instruction of some code, behind which INT3s follow. */
        public DecodedInstruction read(byte[] code) {
            Insn insn = decoder.decode(at -> at < code.length ? code[at] : INT3);
            InstructionRow row = decoder.row();
            return new DecodedInstruction(row, insn, row != null && hasOperandPrefix(code));
        }
    }

    private static boolean hasOperandPrefix(byte[] code) {
        for (byte octet : code) {
            switch (octet & 0xFF) {
                case 0x66 -> {
                    return true;
                }
                case 0x26, 0x2E, 0x36, 0x3E, 0x64, 0x65, 0x67, 0xF0, 0xF2, 0xF3 -> {}
                default -> {
                    if ((octet & 0xF0) != 0x40) {
                        return false;
                    }
                }
            }
        }
        return false;
    }

    /** Its row; null for an encoding that raises #UD or #GP. */
    public @Nullable InstructionRow row() {
        return row;
    }

    /** Class and method that compute it; empty without a row. */
    public String kernel() {
        return row == null ? "" : row.kernel();
    }

    /** Whether prefix 66 is among its prefixes. */
    public boolean hasOperandPrefix() {
        return operandPrefix;
    }

    public boolean isRepeated() {
        return insn.repeat != 0;
    }

    /** Whether it has prefix 64 or 65. */
    public boolean usesFsOrGs() {
        return insn.segment == Cpu.FS || insn.segment == Cpu.GS;
    }

    public boolean has32BitAddress() {
        return insn.address32;
    }

    public boolean hasMemoryOperand() {
        return insn.memoryOperand;
    }

    /** Number of the register that the opcode, or the rm field of ModRM, names. */
    public int registerNumber() {
        return insn.rm;
    }

    /** Bits. */
    public int operandSize() {
        return insn.operandSize;
    }

    /** Bits of the first operand; the operand size for an instruction without operands. */
    public int width() {
        return row == null || row.operands().isEmpty()
                ? insn.operandSize
                : row.operands().getFirst().size().bits(insn.operandSize);
    }

    /**
     * The count of a shift or rotate, masked as the processor does.
     *
     * @param rcx what RCX holds
     */
    public long shiftCount(long rcx) {
        long count = 1;
        if (row != null) {
            for (Operand operand : row.operands()) {
                switch (operand.kind()) {
                    case IMMEDIATE, UNSIGNED_IMMEDIATE -> count = insn.immediate;
                    case CL -> count = rcx;
                    default -> {}
                }
            }
        }
        return count & (width() == 64 ? 63 : 31);
    }
}
