package dev.vls.machine.cpu;

import dev.vls.machine.cpu.Operand.Kind;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The text of instructions in AT&amp;T syntax, as objdump and gdb print it. It says what the
 * machine executes: the {@link Decoder} decodes, and names and operands come from the instruction's
 * row. What the machine raises #UD for is {@code (bad)}. Owned by one thread.
 */
public final class Disassembler {
    /** What stands for an instruction that raises #UD or #GP by its encoding. */
    public static final String BAD = "(bad)";

    /**
     * One instruction.
     *
     * @param length bytes, 1 to 15
     * @param text the instruction in AT&amp;T syntax, and what a RIP-relative operand names
     */
    public record Line(int length, String text) {}

    private static final String[] CONDITIONS = {
        "o", "no", "b", "ae", "e", "ne", "be", "a", "s", "ns", "p", "np", "l", "ge", "le", "g"
    };

    private static final String[] PREDICATES = {
        "eq", "lt", "le", "unord", "neq", "nlt", "nle", "ord"
    };

    private final Decoder decoder = new Decoder();

    /**
     * The instruction at an offset of some code.
     *
     * @param code bytes; what lies behind them counts as zero
     * @param address linear address of the instruction
     */
    public Line at(byte[] code, int offset, long address) {
        Decoder.Source bytes = at -> offset + at < code.length ? code[offset + at] : 0;
        Insn insn = decoder.decode(bytes);
        InstructionRow row = decoder.row();
        if (row == null) {
            return new Line(insn.length, BAD);
        }
        AssemblySyntax syntax = row.syntax(insn.operandSize);
        AssemblyOperands operands =
                new AssemblyOperands(insn, row, decoder.namesHighBytes(), address);
        String text =
                prefixes(bytes, insn, row, syntax)
                        + (name(syntax, insn, row)
                                        + suffix(syntax, insn, row)
                                        + " "
                                        + operandText(syntax, operands, insn))
                                .strip();
        return new Line(insn.length, text + operands.comment(syntax));
    }

    private String name(AssemblySyntax syntax, Insn insn, InstructionRow row) {
        String name = syntax.name();
        if (name.contains("pred")) {
            return name.replace("pred", hasPredicate(insn) ? PREDICATES[(int) insn.immediate] : "");
        }
        boolean conditional = row.operands().stream().anyMatch(o -> o.kind() == Kind.CONDITION);
        return conditional ? name.replace("cc", CONDITIONS[decoder.opcode() & 0xF]) : name;
    }

    private static boolean hasPredicate(Insn insn) {
        return insn.immediate < PREDICATES.length;
    }

    /** The size suffix that AT&amp;T syntax wants where no register says the size. */
    private static String suffix(AssemblySyntax syntax, Insn insn, InstructionRow row) {
        int bits =
                switch (syntax.suffix()) {
                    case NEVER -> 0;
                    case ALWAYS -> insn.operandSize;
                    case MEMORY -> memoryBits(syntax, insn);
                    case UNSIZED -> {
                        boolean usual = row.has("d64") || row.has("f64");
                        if (usual) {
                            boolean small = insn.operandSize == 16 && !namesRegister(syntax, insn);
                            yield small && !syntax.operands().isEmpty() ? 16 : 0;
                        }
                        yield namesRegister(syntax, insn) ? 0 : memoryBits(syntax, insn);
                    }
                };
        return switch (bits) {
            case 8 -> "b";
            case 16 -> "w";
            case 32 -> "l";
            case 64 -> "q";
            default -> "";
        };
    }

    private static int memoryBits(AssemblySyntax syntax, Insn insn) {
        for (Operand operand : syntax.operands()) {
            if (operand.kind() == Kind.RM && insn.memoryOperand) {
                return operand.size().bits(insn.operandSize);
            }
        }
        return 0;
    }

    private static boolean namesRegister(AssemblySyntax syntax, Insn insn) {
        for (Operand operand : syntax.operands()) {
            switch (operand.kind()) {
                case REG, OPCODE_REG, VVVV, ACCUMULATOR, SEGMENT, XMM_REG, MMX_REG -> {
                    return true;
                }
                case RM, XMM_RM, MMX_RM -> {
                    if (!insn.memoryOperand) {
                        return true;
                    }
                }
                default -> {}
            }
        }
        return false;
    }

    /** AT&amp;T's order is the reverse of Intel's, but for two immediates (ENTER). */
    private static String operandText(AssemblySyntax syntax, AssemblyOperands operands, Insn insn) {
        List<String> texts = new ArrayList<>();
        boolean immediatesOnly = true;
        for (Operand operand : syntax.operands()) {
            boolean predicate = syntax.name().contains("pred") && hasPredicate(insn);
            immediatesOnly &= operand.kind() == Kind.UNSIGNED_IMMEDIATE;
            String text =
                    operand.kind() == Kind.UNSIGNED_IMMEDIATE
                            ? predicate ? "" : operands.unsigned(operand, texts.size())
                            : operands.text(operand);
            if (!text.isEmpty()) {
                texts.add(syntax.indirect() ? "*" + text : text);
            }
        }
        if (!immediatesOnly) {
            Collections.reverse(texts);
        }
        return String.join(",", texts);
    }

    /** LOCK and REP, and those prefixes that do nothing. */
    private String prefixes(
            Decoder.Source bytes, Insn insn, InstructionRow row, AssemblySyntax syntax) {
        StringBuilder text = new StringBuilder();
        boolean operandPrefixUsed =
                row.prefix() == InstructionRow.Prefix.P66
                        || (insn.operandSize == 16 && decoder.hasOperandPrefix());
        boolean mandatoryRepeat =
                row.prefix() == InstructionRow.Prefix.PF2
                        || row.prefix() == InstructionRow.Prefix.PF3;
        for (int at = 0; at < insn.length; at++) {
            String prefix =
                    switch (bytes.byteAt(at) & 0xFF) {
                        case 0xF0 -> "lock ";
                        case 0xF2 -> mandatoryRepeat ? "" : repeatNotEqual(row);
                        case 0xF3 -> mandatoryRepeat ? "" : repeat(row, syntax);
                        case 0x2E -> "cs ";
                        case 0x36 -> "ss ";
                        case 0x3E -> syntax.indirect() ? "notrack " : "ds ";
                        case 0x26 -> "es ";
                        case 0x64 -> usesSegment(insn, row, Cpu.FS) ? "" : "fs ";
                        case 0x65 -> usesSegment(insn, row, Cpu.GS) ? "" : "gs ";
                        case 0x67 -> insn.memoryOperand ? "" : "addr32 ";
                        case 0x66 -> {
                            boolean used = operandPrefixUsed;
                            operandPrefixUsed = false;
                            yield used ? "" : "data16 ";
                        }
                        default -> null;
                    };
            if (prefix == null) {
                break;
            }
            text.append(prefix);
        }
        return text.toString();
    }

    private static boolean usesSegment(Insn insn, InstructionRow row, int segment) {
        boolean absolute = row.operands().stream().anyMatch(o -> o.kind() == Kind.OFFSET);
        return insn.segment == segment && (insn.memoryOperand || absolute);
    }

    private static String repeat(InstructionRow row, AssemblySyntax syntax) {
        boolean compares = syntax.name().startsWith("cmps") || syntax.name().startsWith("scas");
        boolean string =
                row.has("rep") || syntax.operands().stream().anyMatch(Disassembler::isString);
        return string && !compares ? "rep " : "repz ";
    }

    private static String repeatNotEqual(InstructionRow row) {
        return row.has("f64") && row.has("end") ? "bnd " : "repnz ";
    }

    private static boolean isString(Operand operand) {
        return operand.kind() == Kind.SOURCE || operand.kind() == Kind.DESTINATION;
    }

    /** The text of a number as objdump writes it. */
    static String hex(long value) {
        return "0x" + Long.toHexString(value).toLowerCase(Locale.ROOT);
    }

    static @Nullable String segmentPrefix(Insn insn) {
        return switch (insn.segment) {
            case Cpu.FS -> "%fs:";
            case Cpu.GS -> "%gs:";
            default -> null;
        };
    }
}
