package dev.vls.machine.cpu;

import java.util.List;
import java.util.Set;

/**
 * One encoding of one instruction: a line of the instruction table. What the columns mean stands in
 * docs/instructions.md.
 *
 * @param line the table's text, for messages
 * @param map opcode map
 * @param prefix mandatory prefix
 * @param opcode the opcode byte; rows with {@code +r} or {@code +cc} stand for 8 or 16 of them
 * @param opcodes how many opcode bytes the row covers
 * @param form what the ModRM byte has to be
 * @param modrm the reg field (0–7) for {@link ModRm#DIGIT}, or the whole byte for {@link
 *     ModRm#EXACT}
 * @param kernel class and method that compute the result
 * @param flags method of {@link Flags} that records the flags, or empty
 * @param syntaxes how the instruction is written with operands of 16, 32 and 64 bits
 */
public record InstructionRow(
        String line,
        Map map,
        Prefix prefix,
        int opcode,
        int opcodes,
        ModRm form,
        int modrm,
        Mod mod,
        Rexw rexw,
        boolean noRexB,
        List<Operand> operands,
        String kernelPackage,
        String kernel,
        String flags,
        Set<String> attributes,
        List<AssemblySyntax> syntaxes) {

    public enum Map {
        ONE_BYTE,
        M0F,
        M0F38,
        M0F3A,
        VEX_0F,
        VEX_0F38,
        VEX_0F3A
    }

    public enum Prefix {
        /** Prefixes do not select the row; 66 is the operand size. */
        ANY,
        /** None of 66, F2, F3. */
        NONE,
        P66,
        PF2,
        PF3
    }

    public enum ModRm {
        ABSENT,
        PRESENT,
        DIGIT,
        EXACT
    }

    public enum Mod {
        ANY,
        REGISTER,
        MEMORY
    }

    public enum Rexw {
        ANY,
        W0,
        W1
    }

    public boolean has(String attribute) {
        return attributes.contains(attribute);
    }

    /** How the instruction is written with an operand size of 16, 32 or 64 bits. */
    AssemblySyntax syntax(int operandSize) {
        return syntaxes.get(operandSize == 64 ? 2 : operandSize == 32 ? 1 : 0);
    }

    public boolean hasModRm() {
        return form != ModRm.ABSENT;
    }

    /** Whether the row is for a ModRM byte. */
    boolean acceptsModRm(int modrmByte) {
        boolean register = modrmByte >= 0xC0;
        if ((mod == Mod.REGISTER && !register) || (mod == Mod.MEMORY && register)) {
            return false;
        }
        return switch (form) {
            case DIGIT -> (modrmByte >>> 3 & 7) == modrm;
            case EXACT -> modrmByte == modrm;
            default -> true;
        };
    }
}
