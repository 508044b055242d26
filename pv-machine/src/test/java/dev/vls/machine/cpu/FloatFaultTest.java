package dev.vls.machine.cpu;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.vls.machine.cpu.fp.HostOracle;
import dev.vls.machine.cpu.sse.SseStates;
import dev.vls.machine.cpu.x87.X87States;
import dev.vls.machine.memory.MachineMemory;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/** Faults of x87, MMX and SSE instructions, on every row: they come in time to leave no trace. */
final class FloatFaultTest {
    /** Kernels whose memory operand is one byte and cannot straddle pages. */
    private static final Set<String> BYTE_OPERANDS = Set.of("Element.pextrb", "Element.pinsrb");

    private final long seed = Long.getLong("seed", System.nanoTime());
    private final SplittableRandom random = new SplittableRandom(seed);
    private final RowEncoder encoder = new RowEncoder(random);
    private final FlatMachine machine = new FlatMachine();

    @AfterEach
    void close() {
        machine.close();
    }

    private void forEveryForm(boolean memoryOnly, FormCheck check) {
        System.out.println("fault seed " + seed);
        List<Executable> checks = new ArrayList<>();
        for (InstructionRow row : InstructionTable.INSTANCE.rows()) {
            for (int form = memoryOnly ? 1 : 0; form < 2; form++) {
                boolean memory = form != 0;
                if (FloatRowHostTest.isFloat(row) && RowEncoder.hasForm(row, memory)) {
                    checks.add(() -> check.run(row, memory));
                }
            }
        }
        assertAll(checks);
    }

    private interface FormCheck {
        void run(InstructionRow row, boolean memory);
    }

    /** Puts the machine into a random state without pending x87 exceptions. */
    private void load(InstructionRow row, boolean memory) {
        machine.cpu.taskSwitched = false;
        machine.setCode(encoder.encode(row, memory, 0));
        ByteBuffer batch = HostOracle.batch(MachineMemory.PAGE_SIZE, 1);
        int at = HostOracle.recordOffset(MachineMemory.PAGE_SIZE, 0);
        new SseStates(random).fill(batch, at, random.nextBoolean());
        int mxcsr = batch.getInt(at + 24);
        new X87States(random).fill(batch, at, MachineMemory.PAGE_SIZE, true);
        batch.putShort(at, (short) 0x37F);
        batch.putInt(at + 24, mxcsr | 0x1F80);
        machine.load(batch, at, MachineMemory.PAGE_SIZE);
    }

    @Test
    void aTaskSwitchedUnitRaisesNmAndChangesNothing() {
        forEveryForm(
                false,
                (row, memory) -> {
                    load(row, memory);
                    machine.cpu.taskSwitched = true;
                    List<Long> before = machine.state();
                    machine.step();
                    if (row.kernel().endsWith("xgetbv")) {
                        return;
                    }
                    assertEquals(Vector.NM, machine.vector(), row::line);
                    assertEquals(before, machine.state(), row::line);
                });
    }

    @Test
    void aPendingExceptionRaisesMfAtTheNextWaitingInstruction() {
        forEveryForm(
                false,
                (row, memory) -> {
                    load(row, memory);
                    machine.cpu.fpu.setControlWord(0x37E);
                    machine.cpu.fpu.setStatusWord(machine.cpu.fpu.statusWord() | 1);
                    List<Long> before = machine.state();
                    machine.step();
                    boolean waits = row.has("fpu") || row.has("mmx");
                    assertEquals(waits, machine.vector() == Vector.MF, row::line);
                    if (waits) {
                        assertEquals(before, machine.state(), row::line);
                    }
                });
    }

    @Test
    void anOperandThatEndsOnAnAbsentPageFaultsAndChangesNothing() {
        forEveryForm(
                true,
                (row, memory) -> {
                    if (BYTE_OPERANDS.contains(row.kernel())) {
                        return;
                    }
                    load(row, memory);
                    long pageEnd = FlatMachine.MEMORY_ADDRESS + MachineMemory.PAGE_SIZE;
                    // FXSAVE images are aligned; every other operand straddles by a byte
                    boolean extended = row.kernel().startsWith("ExtendedState");
                    boolean image = extended || row.kernel().contains(".fx");
                    machine.cpu.gpr[Cpu.RDI] = pageEnd - (extended ? 64 : image ? 16 : 1);
                    List<Long> before = machine.state();
                    machine.step();
                    int vector = machine.vector();
                    boolean aligned = row.has("align") && !image;
                    assertEquals(aligned ? Vector.GP : Vector.PF, vector, row::line);
                    if (vector == Vector.PF) {
                        // Processors look at the last byte of an FXSAVE image first.
                        boolean lastFirst = image && !extended;
                        long expected = lastFirst ? machine.cpu.gpr[Cpu.RDI] + 511 : pageEnd;
                        assertEquals(expected, machine.cpu.faultAddress, row::line);
                    }
                    boolean storesMmx = row.has("mmx") && row.operands().getFirst().usesRm();
                    if (!storesMmx || vector != Vector.PF) {
                        // TOP is 0 after a store of an MMX register that faulted.
                        assertEquals(before, machine.state(), row::line);
                    }
                });
    }

    @Test
    void xsaveAndItsRelativesAreUndefinedUntilEnabled() {
        forEveryForm(
                false,
                (row, memory) -> {
                    if (!row.kernel().startsWith("ExtendedState")) {
                        return;
                    }
                    load(row, memory);
                    machine.cpu.xcr0 = 0;
                    List<Long> before = machine.state();
                    machine.step();
                    assertEquals(Vector.UD, machine.vector(), row::line);
                    assertEquals(before, machine.state(), row::line);
                });
    }

    @Test
    void xgetbvReportsTheEnabledComponents() {
        machine.setCode(new byte[] {0x0F, 0x01, (byte) 0xD0});
        machine.cpu.gpr[Cpu.RAX] = -1;
        machine.cpu.gpr[Cpu.RDX] = -1;
        machine.step();
        assertEquals(3, machine.cpu.gpr[Cpu.RAX]);
        assertEquals(0, machine.cpu.gpr[Cpu.RDX]);
    }
}
