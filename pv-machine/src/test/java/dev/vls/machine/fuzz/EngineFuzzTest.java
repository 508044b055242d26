package dev.vls.machine.fuzz;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.vls.machine.cpu.Cpu;
import dev.vls.machine.cpu.FlatWorld;
import dev.vls.machine.cpu.FlatWorld.Rights;
import dev.vls.machine.cpu.InstructionRow;
import dev.vls.machine.cpu.InstructionTable;
import dev.vls.machine.cpu.Operand.Kind;
import dev.vls.machine.cpu.translate.Engine;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Random programs with loops, calls, faults and stores to their own code: interpreted and with
 * everything translated they are in the same state after any number of steps. The property {@code
 * fuzz.seed} chooses other programs, {@code fuzz.programs} how many.
 */
class EngineFuzzTest {
    private static final long SEED = Long.getLong("fuzz.seed", 20_260_101L);
    private static final int PROGRAMS = Integer.getInteger("fuzz.programs", 120);
    private static final int SLICES = 24;
    private static final int STEPS_MAX = 400;
    private static final int PAGE = Sandbox.PAGE;

    @TempDir private Path directory;

    private static FlatWorld world(Engine engine, CaseFile cases) {
        FlatWorld world = new FlatWorld(16L * PAGE, engine);
        world.map(Sandbox.CODE, 2L * PAGE, new byte[0], Rights.ALL);
        for (int page : Sandbox.writableDataPages()) {
            world.map(Sandbox.data(page), PAGE, content(cases, page), Rights.READ_WRITE);
        }
        world.map(
                Sandbox.data(Sandbox.READ_ONLY_DATA),
                PAGE,
                content(cases, Sandbox.READ_ONLY_DATA),
                Rights.READ);
        HostDescriptors.describe(world);
        return world;
    }

    private static byte[] content(CaseFile cases, int page) {
        return cases.dataPage(page).toArray(java.lang.foreign.ValueLayout.JAVA_BYTE);
    }

    private static List<InstructionRow> rows() {
        List<InstructionRow> rows = new ArrayList<>();
        for (InstructionRow row : InstructionTable.INSTANCE.rows()) {
            boolean suits = !row.has("end") && !row.has("solo");
            for (var operand : row.operands()) {
                suits &= operand.kind() != Kind.SEGMENT && operand.kind() != Kind.OFFSET;
            }
            if (suits) {
                rows.add(row);
            }
        }
        return rows;
    }

    /** Most instructions of programs are these; the others come in as they are in the table. */
    private static List<InstructionRow> weighted(List<InstructionRow> rows) {
        List<InstructionRow> integer = new ArrayList<>();
        for (InstructionRow row : rows) {
            if (row.kernelPackage().endsWith(".integer")) {
                integer.add(row);
            }
        }
        List<InstructionRow> all = new ArrayList<>(rows);
        while (all.size() < 4 * rows.size()) {
            all.addAll(integer);
        }
        return all;
    }

    @Test
    void translatedProgramsDoWhatInterpretedOnesDo() throws IOException {
        System.out.println("EngineFuzzTest seed " + SEED + ", programs " + PROGRAMS);
        List<InstructionRow> rows = weighted(rows());
        long steps = 0;
        long translatedSteps = 0;
        try (CaseFile cases = new CaseFile(directory.resolve("cases"))) {
            for (int program = 0; program < PROGRAMS; program++) {
                Rng random = Rng.ofBatch(SEED, program);
                OperandPool pool = new OperandPool(random);
                StateGenerator states = new StateGenerator(random, pool);
                states.fillPages(cases);
                CaseSlot slot = cases.slot(0);
                states.fill(slot, true);
                byte[] code =
                        new LoopProgram(random, new RowGenerator(random, states, pool), rows)
                                .generate(slot);
                long at = Sandbox.CODE + (random.oneIn(2) ? 64 : PAGE - random.below(code.length));
                slot.setCode(at, code, 0);
                // Regions that are made later know more blocks, those behind their calls as well.
                Engine engine = Engine.TRANSLATE_EVERYTHING.withThreshold(1 + program % 3 * 3);
                try (FlatWorld interpreted = world(Engine.INTERPRETER, cases);
                        FlatWorld translated = world(engine, cases)) {
                    compare(program, random, slot, code, interpreted, translated);
                    steps += translated.cpu().instructionCount;
                    translatedSteps += translated.translatedSteps();
                }
            }
        }
        System.out.println(translatedSteps + " of " + steps + " steps were translated");
        assertTrue(translatedSteps > steps / 2, "most of it was interpreted");
    }

    private static void compare(
            int program,
            Rng random,
            CaseSlot slot,
            byte[] code,
            FlatWorld interpreted,
            FlatWorld translated) {
        for (FlatWorld world : List.of(interpreted, translated)) {
            world.write(slot.codeAddress(), code);
            CpuImage.load(world.cpu(), slot);
        }
        for (int slice = 0; slice < SLICES; slice++) {
            int steps = 1 + random.below(STEPS_MAX);
            Object expected = interpreted.run(steps);
            Object actual = translated.run(steps);
            String where =
                    "program %d slice %d code at %x: %s"
                            .formatted(
                                    program,
                                    slice,
                                    slot.codeAddress(),
                                    HexFormat.of().formatHex(code));
            assertEquals(expected, actual, where);
            assertEquals(state(interpreted), state(translated), where);
            if (interpreted.cpu().rip() < Sandbox.CODE || !expected.toString().contains("LIMIT")) {
                // It faulted: once more from the start, with what is in the registers now.
                interpreted.cpu().setRip(slot.codeAddress());
                translated.cpu().setRip(slot.codeAddress());
                for (int pointer = 3; pointer < 16; pointer++) {
                    interpreted.cpu().gpr[pointer] = slot.startGpr(pointer);
                    translated.cpu().gpr[pointer] = slot.startGpr(pointer);
                }
            }
        }
    }

    private static List<String> state(FlatWorld world) {
        Cpu cpu = world.cpu();
        List<String> state = new ArrayList<>();
        state.add("count %d".formatted(cpu.instructionCount));
        for (int i = 0; i < cpu.gpr.length; i++) {
            state.add("gpr%d %x".formatted(i, cpu.gpr[i]));
        }
        state.add("rflags %x".formatted(cpu.rflags()));
        for (int at = 0; at < 416; at += 8) {
            state.add(
                    "fx%d %x"
                            .formatted(
                                    at, CpuImage.fxsaveWord(cpu, at) & CpuImage.comparedBits(at)));
        }
        for (int i = 0; i < Sandbox.writablePages(); i++) {
            byte[] page = world.read(Sandbox.writablePage(i), PAGE);
            state.add("page%d %x".formatted(i, Arrays.hashCode(page)));
        }
        return state;
    }
}
