package dev.vls.machine;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.vls.machine.control.ControlCommandParser;
import dev.vls.machine.cpu.translate.Engine;
import dev.vls.machine.device.block.DiskRequest;
import dev.vls.machine.device.net.FrameOffload;
import dev.vls.machine.hypervisor.CpuidFile;
import dev.vls.machine.hypervisor.HypervisorLog;
import dev.vls.machine.memory.MachineMemory;
import dev.vls.machine.state.DamagedState;
import dev.vls.machine.state.StateFormatException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * Any state is refused in one line, or makes a machine that takes inputs and runs. Without
 * JAZZER_FUZZ=1 in the environment, only the corpus in {@code src/test/resources} is run; with it,
 * Jazzer goes on from there.
 */
class StateFuzzTest {
    private static final int CHANGE_BYTES = 6;
    private static final long STEPS = 20_000;

    private final byte[] golden;

    StateFuzzTest() throws IOException {
        golden = GoldenState.version1();
    }

    @FuzzTest(maxDuration = "10m")
    void anyBytesAreRefusedOrRead(byte[] bytes) {
        byte[] sealed = bytes.clone();
        DamagedState.seal(sealed);
        for (byte[] state : new byte[][] {bytes, sealed}) {
            try {
                SavedMachine.read(state);
            } catch (StateFormatException refusal) {
                requireOneLine(refusal);
            }
        }
    }

    /**
     * Changes to a sound state, checksums right: a change is a byte for the section, four for where
     * in it, and the new value.
     */
    @FuzzTest(maxDuration = "10m")
    void anyChangesAreRefusedOrMakeAMachine(byte[] changes) {
        byte[] state = golden.clone();
        ByteBuffer input = ByteBuffer.wrap(changes).order(ByteOrder.LITTLE_ENDIAN);
        while (input.remaining() >= CHANGE_BYTES) {
            DamagedState.change(
                    state, input.get() & 0xFF, input.getInt() & Integer.MAX_VALUE, input.get());
        }
        DamagedState.seal(state);
        try {
            run(SavedMachine.read(state));
        } catch (StateFormatException refusal) {
            requireOneLine(refusal);
        }
    }

    private static void run(SavedMachine saved) {
        if (saved.memoryBytes() > 1L << 30) {
            return;
        }
        MachineMemory memory = MachineMemory.allocate(saved.memoryBytes());
        Machine machine = null;
        try {
            Inputs inputs = new Inputs();
            machine =
                    saved.restore(
                            memory,
                            CpuidFile.BASELINE,
                            inputs,
                            (bytes, offset, length) -> {},
                            HypervisorLog.SILENT,
                            Engine.INTERPRETER);
            inputs.give(machine, !saved.devices().interfaces().isEmpty());
            machine.run(machine.totalSteps() + STEPS);
            machine.save();
        } finally {
            if (machine == null) {
                memory.close();
            } else {
                machine.close();
            }
        }
    }

    private static void requireOneLine(StateFormatException refusal) {
        String message = refusal.getMessage();
        if (message == null || message.contains("\n")) {
            throw new AssertionError("not one line", refusal);
        }
    }

    /** Some of each kind, then time that passes. */
    private static final class Inputs implements InputSource {
        private final Deque<Input> left = new ArrayDeque<>();
        private final VirtualClock clock = new VirtualClock();

        void give(Machine machine, boolean network) {
            for (DiskRequest request : machine.unansweredDiskRequests()) {
                left.add(new Input.BlockDone(request.disk(), request.number(), 0));
            }
            left.add(new Input.ConsoleIn(new byte[] {'x'}));
            if (network) {
                left.add(new Input.NetRx(0, new byte[60], FrameOffload.NONE));
                left.add(new Input.NetCarrier(0, false));
            }
            left.add(new Input.Control(ControlCommandParser.parse("store-write /a b")));
        }

        @Override
        public long runLimit(int vcpu, long instructionCount) {
            return instructionCount + 100;
        }

        @Override
        public @Nullable Input poll(int vcpu, long instructionCount, long systemTime) {
            return left.poll();
        }

        @Override
        public @Nullable Input await(
                int vcpu, long instructionCount, long systemTime, long deadline) {
            return clock.await(vcpu, instructionCount, systemTime, deadline);
        }
    }
}
