package dev.vls.machine.cpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.vls.machine.cpu.fp.HostOracle;
import dev.vls.machine.cpu.fp.HostVendor;
import dev.vls.machine.cpu.sse.SseStates;
import dev.vls.machine.cpu.x87.X87States;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Runs every row of the x87, MMX and SSE tables, encoded at random, on the machine and on the
 * processor underneath, and compares all state.
 */
final class FloatRowHostTest {
    /** Kernels whose results only nearly always agree; X87HostTest measures them. */
    private static final Set<String> TRANSCENDENTAL =
            Set.of(
                    "FpuArithmetic.fsin",
                    "FpuArithmetic.fcos",
                    "FpuArithmetic.fsincos",
                    "FpuArithmetic.fptan",
                    "FpuArithmetic.fpatan",
                    "FpuArithmetic.f2xm1",
                    "FpuArithmetic.fyl2x",
                    "FpuArithmetic.fyl2xp1");

    private final long seed = Long.getLong("seed", System.nanoTime());
    private final SplittableRandom random = new SplittableRandom(seed);
    private final RowEncoder encoder = new RowEncoder(random);

    @Test
    void rowsAgreeWithTheHost() throws IOException, InterruptedException {
        run(3, 150, "");
    }

    @Tag("slow")
    @Test
    void rowsAgreeWithTheHostInManyForms() throws IOException, InterruptedException {
        run(40, 600, System.getProperty("row", ""));
    }

    /** Runs {@code forms} encodings of each row in register and memory form. */
    void run(int forms, int states, String filter) throws IOException, InterruptedException {
        assumeTrue(
                HostVendor.ofThisHost() == HostVendor.INTEL,
                "AMD's keep FOP, FIP and FDP for exceptions alone; InstructionFuzzTest compares"
                        + " these rows without them");
        System.out.println("row seed " + seed);
        StringBuilder failures = new StringBuilder();
        long count = 0;
        try (HostOracle oracle = HostOracle.startOrSkip();
                FlatMachine machine = new FlatMachine()) {
            for (InstructionRow row : InstructionTable.INSTANCE.rows()) {
                boolean ours = row.kernelPackage().endsWith("x87") || isSse(row);
                if (!ours
                        || TRANSCENDENTAL.contains(row.kernel())
                        || !row.line().contains(filter)) {
                    continue;
                }
                for (int form = 0; form < 2 * forms; form++) {
                    boolean memory = form % 2 != 0;
                    if (!RowEncoder.hasForm(row, memory)) {
                        continue;
                    }
                    String difference = compare(oracle, machine, row, memory, states);
                    count += states;
                    if (!difference.isEmpty()) {
                        failures.append(difference).append('\n');
                        break;
                    }
                }
            }
        }
        System.out.println("row instances " + count);
        assertEquals("", failures.toString());
    }

    /** Tells the rows of the x87, MMX and SSE tables. */
    static boolean isFloat(InstructionRow row) {
        return row.kernelPackage().endsWith("x87") || isSse(row);
    }

    private static boolean isSse(InstructionRow row) {
        return row.kernelPackage().endsWith("sse") || row.kernelPackage().endsWith("simd");
    }

    private String compare(
            HostOracle oracle, FlatMachine machine, InstructionRow row, boolean memory, int states)
            throws InterruptedException {
        byte[] code = encoder.encode(row, memory);
        int memoryBytes = memoryBytes(row);
        ByteBuffer before = HostOracle.batch(memoryBytes, states);
        for (int i = 0; i < states; i++) {
            fill(before, HostOracle.recordOffset(memoryBytes, i), row, memoryBytes);
        }
        ByteBuffer after = oracle.run(code, memoryBytes, states, before);
        machine.setCode(code);
        int differing = 0;
        String first = "";
        for (int i = 0; i < states; i++) {
            int at = HostOracle.recordOffset(memoryBytes, i);
            machine.load(before, at, memoryBytes);
            machine.step();
            String difference = machine.difference(after, at, memoryBytes);
            if (!difference.isEmpty() && differing++ == 0) {
                first = describe(before, at) + "\n   " + difference;
            }
        }
        String name = row.line() + " [" + HexFormat.of().formatHex(code) + "] ";
        return differing == 0 ? "" : name + differing + " of " + states + "\n   " + first;
    }

    private static String describe(ByteBuffer batch, int offset) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < 8 + 32; i++) {
            text.append(String.format(i % 2 == 0 ? " %x" : ":%x", batch.getLong(offset + 8 * i)));
        }
        return text.toString();
    }

    private static int memoryBytes(InstructionRow row) {
        if (row.kernel().contains(".fx") || row.kernel().startsWith("ExtendedState")) {
            return 640;
        }
        return row.kernel().endsWith("save") || row.kernel().endsWith("rstor") ? 144 : 64;
    }

    private void fill(ByteBuffer batch, int at, InstructionRow row, int memoryBytes) {
        SseStates sse = new SseStates(random);
        X87States x87 = new X87States(random);
        int memory = at + HostOracle.STATE_BYTES;
        int kind = random.nextInt(4);
        sse.fill(batch, at, kind == 0);
        int mxcsr = batch.getInt(at + 24);
        x87.fill(batch, at, memoryBytes, false);
        batch.putInt(at + 24, mxcsr);
        batch.putLong(at + 8, random.nextLong() >>> 20);
        batch.putLong(at + 16, random.nextLong() >>> 20);
        batch.putShort(at + 6, (short) random.nextInt(0x800));
        if (isSse(row)) {
            if (kind < 2) {
                sse.numbers(batch, memory, memoryBytes / 8, kind == 0);
            } else if (kind == 2) {
                integers(batch, at + 160, 32);
                integers(batch, memory, memoryBytes / 8);
            }
        }
        if (row.kernel().endsWith("ldmxcsr") && random.nextInt(8) != 0) {
            batch.putInt(memory, random.nextInt(0x10000));
            batch.putInt(memory + 16, random.nextInt(0x10000));
        }
        if (row.kernel().contains("fxrstor")) {
            x87.fill(batch, memory, 16, false);
            batch.putInt(memory + 24, random.nextInt(64) == 0 ? random.nextInt() : mxcsr);
            batch.putLong(memory + 8, random.nextLong() >>> 20);
            batch.putLong(memory + 16, random.nextLong() >>> 20);
        }
        for (int i = 0; i < 4; i++) {
            long value = random.nextLong() >> random.nextInt(64);
            batch.putLong(at + HostOracle.REGISTERS_OFFSET + 8 * i, value);
        }
        if (row.kernel().startsWith("ExtendedState")) {
            extendedState(batch, at, memory);
        }
    }

    /** An XSAVE area and a request for no more than the x87 and SSE components. */
    private void extendedState(ByteBuffer batch, int at, int memory) {
        int registers = at + HostOracle.REGISTERS_OFFSET;
        batch.putLong(registers, random.nextLong() & 0xFFFFFFFF00000003L);
        // for XGETBV: the host's own XCR0 is no matter here
        batch.putLong(registers + 8, 0xFFFF);
        batch.putLong(registers + 16, 0);
        new X87States(random).fill(batch, memory, 16, false);
        boolean bad = random.nextInt(32) == 0;
        batch.putInt(memory + 24, bad ? 0x10000 : random.nextInt(0x10000));
        batch.putLong(memory + 8, random.nextLong() >>> 20);
        batch.putLong(memory + 16, random.nextLong() >>> 20);
        boolean wrong = random.nextInt(32) == 0;
        batch.putLong(memory + 512, random.nextInt(4) | (wrong ? 1L << 40 : 0));
        batch.putLong(memory + 520, random.nextInt(32) == 0 ? 4 : 0);
        batch.putLong(memory + 528, random.nextInt(32) == 0 ? 1 : 0);
    }

    /** Quadwords with many equal, extreme and small lanes. */
    private void integers(ByteBuffer batch, int offset, int count) {
        for (int i = 0; i < count; i++) {
            long value = 0;
            for (int k = 0; k < 8; k++) {
                int lane =
                        switch (random.nextInt(5)) {
                            case 0 -> 0;
                            case 1 -> 0xFF;
                            case 2 -> 0x7F + random.nextInt(2);
                            case 3 -> random.nextInt(4);
                            default -> random.nextInt(256);
                        };
                value |= (long) lane << (8 * k);
            }
            batch.putLong(offset + 8 * i, random.nextInt(4) == 0 ? value & 0x3F : value);
        }
    }
}
