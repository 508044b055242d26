package dev.vls.machine.cpu;

import dev.vls.machine.cpu.InstructionRow.Map;
import dev.vls.machine.cpu.InstructionRow.ModRm;
import dev.vls.machine.cpu.InstructionRow.Rexw;
import java.io.ByteArrayOutputStream;
import java.util.SplittableRandom;

/** Encodes rows with random registers and immediates; memory operands are at RDI. */
final class RowEncoder {
    /** General registers that the oracle sets. */
    private static final int[] GENERAL = {Cpu.RAX, Cpu.RCX, Cpu.RDX, Cpu.RSI};

    private final SplittableRandom random;

    RowEncoder(SplittableRandom random) {
        this.random = random;
    }

    /** Whether a row can be encoded with, or without, a memory operand. */
    static boolean hasForm(InstructionRow row, boolean memory) {
        if (memory) {
            return row.hasModRm()
                    && row.form() != ModRm.EXACT
                    && row.mod() != InstructionRow.Mod.REGISTER;
        }
        return row.mod() != InstructionRow.Mod.MEMORY;
    }

    byte[] encode(InstructionRow row, boolean memory) {
        return encode(row, memory, memory ? displacement(row) : 0);
    }

    byte[] encode(InstructionRow row, boolean memory, int displacement) {
        ByteArrayOutputStream code = new ByteArrayOutputStream();
        switch (row.prefix()) {
            case P66 -> code.write(0x66);
            case PF2 -> code.write(0xF2);
            case PF3 -> code.write(0xF3);
            default -> {}
        }
        int reg = row.form() == ModRm.DIGIT ? row.modrm() : register(row, true);
        int rm = register(row, false);
        int rex = (row.rexw() == Rexw.W1 ? 8 : 0) | (reg & 8) >> 1 | (memory ? 0 : rm >> 3);
        if (row.rexw() == Rexw.ANY && random.nextInt(4) == 0) {
            rex |= 8;
        }
        if (rex != 0) {
            code.write(0x40 | rex);
        }
        if (row.map() != Map.ONE_BYTE) {
            code.write(0x0F);
        }
        if (row.map() == Map.M0F38) {
            code.write(0x38);
        } else if (row.map() == Map.M0F3A) {
            code.write(0x3A);
        }
        code.write(row.opcode());
        if (row.form() == ModRm.EXACT) {
            code.write(row.modrm());
        } else if (row.hasModRm() && memory) {
            code.write(0x47 | (reg & 7) << 3);
            code.write(displacement);
        } else if (row.hasModRm()) {
            code.write(0xC0 | (reg & 7) << 3 | (rm & 7));
        }
        for (Operand operand : row.operands()) {
            if (operand.kind() == Operand.Kind.UNSIGNED_IMMEDIATE
                    || operand.kind() == Operand.Kind.IMMEDIATE) {
                code.write(random.nextInt(random.nextBoolean() ? 256 : 32));
            }
        }
        return code.toByteArray();
    }

    private int displacement(InstructionRow row) {
        if (row.kernel().startsWith("ExtendedState")) {
            return random.nextInt(8) == 0 ? 16 : 0;
        }
        if (row.kernel().contains("fxrstor")) {
            return random.nextInt(4) == 0 ? 8 : 0;
        }
        if (row.has("align") && random.nextInt(4) != 0) {
            return 16 * random.nextInt(3);
        }
        return random.nextInt(32);
    }

    /** A register number that suits the operand in ModRM.reg or ModRM.rm. */
    private int register(InstructionRow row, boolean inReg) {
        for (Operand operand : row.operands()) {
            switch (operand.kind()) {
                case XMM_REG, XMM_RM -> {
                    if (inReg == (operand.kind() == Operand.Kind.XMM_REG)) {
                        return random.nextInt(16);
                    }
                }
                case MMX_REG, MMX_RM -> {
                    if (inReg == (operand.kind() == Operand.Kind.MMX_REG)) {
                        return random.nextInt(8);
                    }
                }
                case REG -> {
                    if (inReg) {
                        return GENERAL[random.nextInt(4)];
                    }
                }
                case RM -> {
                    if (!inReg) {
                        return GENERAL[random.nextInt(4)];
                    }
                }
                default -> {}
            }
        }
        return random.nextInt(8);
    }
}
