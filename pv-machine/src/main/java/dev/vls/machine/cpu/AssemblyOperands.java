package dev.vls.machine.cpu;

import dev.vls.machine.cpu.Operand.Kind;

/** The operands of one decoded instruction as text, for {@link Disassembler}. */
final class AssemblyOperands {
    private static final String[] LEGACY = {"ax", "cx", "dx", "bx", "sp", "bp", "si", "di"};
    private static final String[] LOW_BYTES = {"al", "cl", "dl", "bl", "spl", "bpl", "sil", "dil"};
    private static final String[] HIGH_BYTES = {"ah", "ch", "dh", "bh"};
    private static final String[] SEGMENTS = {"es", "cs", "ss", "ds", "fs", "gs", "?", "?"};

    private final Insn insn;
    private final InstructionRow row;
    private final boolean highBytes;
    private final long next;

    /**
     * @param highBytes registers 4 to 7 of 8 bits are AH to BH
     * @param address linear address of the instruction
     */
    AssemblyOperands(Insn insn, InstructionRow row, boolean highBytes, long address) {
        this.insn = insn;
        this.row = row;
        this.highBytes = highBytes;
        this.next = address + insn.length;
    }

    /** An operand's text; empty for one that is not written. */
    String text(Operand operand) {
        int bits = operand.size().bits(insn.operandSize);
        return switch (operand.kind()) {
            case RM -> insn.memoryOperand ? memory() : register(insn.rm, bits);
            case REG -> register(insn.reg, bits);
            case OPCODE_REG -> register(insn.rm, bits);
            case VVVV -> register(insn.vvvv, bits);
            case ACCUMULATOR -> register(Cpu.RAX, bits);
            case CL -> "%cl";
            case IMMEDIATE -> "$" + Disassembler.hex(cut(insn.immediate, immediateBits()));
            case TARGET -> Disassembler.hex(next + insn.immediate);
            case ADDRESS -> memory();
            case OFFSET -> segment() + Disassembler.hex(insn.displacement);
            case SEGMENT -> "%" + SEGMENTS[insn.reg & 7];
            case XMM_REG -> "%xmm" + insn.reg;
            case XMM_RM -> insn.memoryOperand ? memory() : "%xmm" + insn.rm;
            case XMM0 -> "%xmm0";
            case MMX_REG -> "%mm" + insn.reg;
            case MMX_RM -> insn.memoryOperand ? memory() : "%mm" + insn.rm;
            case ST -> "%st(" + insn.rm + ")";
            case TOP -> "%st";
            case CONTROL_REG -> "%cr" + insn.reg;
            case DEBUG_REG -> "%db" + insn.reg;
            case PORT -> "(%dx)";
            case SOURCE -> "%ds:(" + pointer(Cpu.RSI) + ")";
            case DESTINATION -> "%es:(" + pointer(Cpu.RDI) + ")";
            case ONE, CONDITION, UNSIGNED_IMMEDIATE -> "";
        };
    }

    /**
     * An immediate that is not sign-extended.
     *
     * @param before how many operands were written before it: only ENTER has two immediates
     */
    String unsigned(Operand operand, int before) {
        boolean second =
                before == 1
                        && row.operands().size() == 2
                        && row.operands().getFirst().kind() == Kind.UNSIGNED_IMMEDIATE;
        long value = second ? insn.immediate2() : insn.immediate;
        return "$" + Disassembler.hex(cut(value, operand.size().bits(insn.operandSize)));
    }

    /** What a RIP-relative memory operand names, as a comment; empty for others. */
    String comment(AssemblySyntax syntax) {
        boolean written = false;
        for (Operand operand : syntax.operands()) {
            written |= operand.usesRm() || operand.kind() == Kind.ADDRESS;
        }
        return written && insn.memoryOperand && insn.base == Cpu.RIP
                ? "        # " + Disassembler.hex(next + insn.displacement)
                : "";
    }

    /** Immediates have the width of the instruction's first operand. */
    private int immediateBits() {
        Operand first = row.operands().getFirst();
        int bits = first.size().bits(insn.operandSize);
        return bits == 0 || first.kind() == Kind.IMMEDIATE ? insn.operandSize : bits;
    }

    private static long cut(long value, int bits) {
        return bits >= 64 ? value : value & ((1L << bits) - 1);
    }

    private String pointer(int register) {
        return register(register, insn.address32 ? 32 : 64);
    }

    private String segment() {
        String prefix = Disassembler.segmentPrefix(insn);
        return prefix == null ? "" : prefix;
    }

    private String memory() {
        StringBuilder text = new StringBuilder(segment());
        boolean based = insn.base != Cpu.ZERO;
        boolean indexed = insn.index != Cpu.ZERO;
        boolean displaced = insn.displacement != 0 || insn.modrm() >>> 6 != 0 || !based;
        if (!based && !indexed && !insn.address32) {
            return text.append(Disassembler.hex(insn.displacement)).toString();
        }
        if (displaced || insn.base == Cpu.RIP) {
            text.append(insn.displacement < 0 ? "-" : "")
                    .append(Disassembler.hex(Math.abs(insn.displacement)));
        }
        int bits = insn.address32 ? 32 : 64;
        text.append('(');
        if (insn.base == Cpu.RIP) {
            text.append(insn.address32 ? "%eip" : "%rip");
        } else if (based) {
            text.append(register(insn.base, bits));
        }
        if (indexed) {
            text.append(',').append(register(insn.index, bits));
            text.append(',').append(1 << insn.scale);
        } else if (namesNoIndex()) {
            text.append(insn.address32 ? ",%eiz,1" : ",%riz,1");
        }
        return text.append(')').toString();
    }

    /** A SIB byte without need: nothing is the index. */
    private boolean namesNoIndex() {
        boolean sib = (insn.modrm() & 7) == 4;
        return sib && (insn.base & 7) != Cpu.RSP;
    }

    private String register(int number, int bits) {
        if (bits == 8) {
            return "%" + byteRegister(number);
        }
        if (number >= 8) {
            return "%r" + number + (bits == 64 ? "" : bits == 32 ? "d" : "w");
        }
        return "%" + (bits == 64 ? "r" : bits == 32 ? "e" : "") + LEGACY[number];
    }

    private String byteRegister(int number) {
        if (number >= 8) {
            return "r" + number + "b";
        }
        return highBytes && number >= 4 ? HIGH_BYTES[number - 4] : LOW_BYTES[number];
    }
}
