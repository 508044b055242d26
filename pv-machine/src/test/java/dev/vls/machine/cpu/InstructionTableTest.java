package dev.vls.machine.cpu;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.vls.machine.cpu.InstructionRow.Map;
import dev.vls.machine.cpu.InstructionRow.Mod;
import dev.vls.machine.cpu.InstructionRow.Prefix;
import dev.vls.machine.cpu.InstructionRow.Rexw;
import dev.vls.machine.cpu.Operand.Kind;
import dev.vls.machine.cpu.Operand.Size;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/** The whole table: every row names kernels that fit it, and is what its encoding decodes to. */
class InstructionTableTest {
    @Test
    void everyFormOfEveryRowCompiles() {
        List<Executable> checks = new ArrayList<>();
        for (InstructionRow row : InstructionTable.INSTANCE.rows()) {
            checks.add(() -> compileForms(row));
        }
        assertAll(checks);
    }

    private static void compileForms(InstructionRow row) {
        boolean bytes = row.operands().stream().anyMatch(o -> o.size() == Size.B);
        for (int operandSize = 16; operandSize <= 64; operandSize *= 2) {
            for (boolean memory : new boolean[] {false, true}) {
                if (row.mod() == (memory ? Mod.REGISTER : Mod.MEMORY)
                        || (memory && !row.hasModRm())) {
                    continue;
                }
                compile(row, operandSize, memory, false);
                if (bytes) {
                    compile(row, operandSize, memory, true);
                }
            }
        }
    }

    /** Loading the class verifies it. */
    private static void compile(
            InstructionRow row, int operandSize, boolean memory, boolean highBytes) {
        FormCompiler.compile(
                new Shape(
                        row,
                        new Form(
                                operandSize,
                                memory,
                                highBytes && !memory,
                                highBytes,
                                memory,
                                memory,
                                0)));
    }

    @Test
    void everyRowIsWhatItsEncodingDecodesTo() {
        Decoder decoder = new Decoder();
        List<Executable> checks = new ArrayList<>();
        for (InstructionRow row : InstructionTable.INSTANCE.rows()) {
            byte[] code = encode(row);
            checks.add(
                    () -> {
                        decoder.decode(offset -> offset < code.length ? code[offset] : 0);
                        assertEquals(row, decoder.row(), row::line);
                    });
        }
        assertAll(checks);
    }

    /** The plainest encoding: registers numbered zero, or memory at RAX; immediates are zero. */
    private static byte[] encode(InstructionRow row) {
        ByteArrayOutputStream code = new ByteArrayOutputStream();
        switch (row.map()) {
            case VEX_0F -> vex(code, row, 1);
            case VEX_0F38 -> vex(code, row, 2);
            case VEX_0F3A -> vex(code, row, 3);
            default -> legacy(code, row);
        }
        code.write(row.opcode());
        if (row.hasModRm()) {
            int mod = row.mod() == Mod.MEMORY ? 0 : 0xC0;
            code.write(
                    switch (row.form()) {
                        case EXACT -> row.modrm();
                        case DIGIT -> mod | row.modrm() << 3;
                        default -> mod;
                    });
        }
        return code.toByteArray();
    }

    private static void legacy(ByteArrayOutputStream code, InstructionRow row) {
        int prefix = prefixByte(row.prefix());
        if (prefix != 0) {
            code.write(prefix);
        }
        boolean exchangeNotNop = row.opcodes() == 8 && row.opcode() == 0x90;
        if (row.rexw() == Rexw.W1) {
            code.write(0x48);
        } else if (exchangeNotNop) {
            code.write(0x41);
        }
        if (row.map() != Map.ONE_BYTE) {
            code.write(0x0F);
        }
        if (row.map() == Map.M0F38) {
            code.write(0x38);
        } else if (row.map() == Map.M0F3A) {
            code.write(0x3A);
        }
    }

    private static int prefixByte(Prefix prefix) {
        return switch (prefix) {
            case ANY, NONE -> 0;
            case P66 -> 0x66;
            case PF2 -> 0xF2;
            case PF3 -> 0xF3;
        };
    }

    private static void vex(ByteArrayOutputStream code, InstructionRow row, int mapSelect) {
        int prefix =
                switch (row.prefix()) {
                    case ANY, NONE -> 0;
                    case P66 -> 1;
                    case PF3 -> 2;
                    case PF2 -> 3;
                };
        code.write(0xC4);
        code.write(0xE0 | mapSelect);
        code.write(0x78 | prefix);
    }

    @Test
    void operandsInModRmComeWithOne() {
        List<Executable> checks = new ArrayList<>();
        for (InstructionRow row : InstructionTable.INSTANCE.rows()) {
            checks.add(
                    () ->
                            assertTrue(
                                    row.hasModRm()
                                            || row.operands().stream()
                                                    .noneMatch(InstructionTableTest::isInModRm),
                                    row::line));
        }
        assertAll(checks);
    }

    private static boolean isInModRm(Operand operand) {
        return operand.usesRm()
                || operand.kind() == Kind.REG
                || operand.kind() == Kind.XMM_REG
                || operand.kind() == Kind.MMX_REG;
    }
}
