package dev.vls.replay;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.vls.machine.ForwardingOutputSink;
import dev.vls.machine.OutputSink;
import dev.vls.machine.device.net.FrameOffload;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
final class OutputGateTest {
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(30);

    /** What left, and by which thread. */
    private final List<String> left = Collections.synchronizedList(new ArrayList<>());

    private final CountDownLatch reader = new CountDownLatch(1);
    private int marksTold;

    /** A network that takes all, and a console that waits for its reader. */
    private final class World extends ForwardingOutputSink {
        @Override
        protected OutputSink next() {
            throw new AssertionError("nothing else is put out");
        }

        @Override
        public void console(byte[] bytes, int offset, int length) {
            try {
                assertTrue(reader.await(PATIENCE_NANOS, TimeUnit.NANOSECONDS));
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
            left(new String(bytes, offset, length, StandardCharsets.US_ASCII));
        }

        @Override
        public void networkFrame(
                int device, byte[] bytes, int offset, int length, FrameOffload offload) {
            left("frame " + bytes[offset]);
        }

        private void left(String what) {
            left.add(what + " by " + Thread.currentThread().getName());
        }
    }

    private OutputGate closedGate() {
        OutputGate gate = new OutputGate(new World(), () -> marksTold++);
        gate.openTo(-1);
        return gate;
    }

    private static void frame(OutputGate gate, int number) {
        gate.networkFrame(0, new byte[] {(byte) number}, 0, 1, FrameOffload.NONE);
    }

    private static void console(OutputGate gate, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
        gate.console(bytes, 0, bytes.length);
    }

    private static String byMe(String what) {
        return what + " by " + Thread.currentThread().getName();
    }

    @Test
    void framesHaveLeftWhenTheGateHasBeenOpened() {
        try (OutputGate gate = closedGate()) {
            frame(gate, 1);
            frame(gate, 2);
            gate.marked(5);
            frame(gate, 3);
            gate.marked(7);
            assertEquals(2, marksTold);
            gate.openTo(4);
            assertEquals(List.of(), left);
            gate.openTo(6);
            assertEquals(List.of(byMe("frame 1"), byMe("frame 2")), left);
            assertEquals(5, gate.releasedTo());
            assertEquals(1, gate.heldOutputs());
            gate.openTo(7);
            assertEquals(3, left.size());
            assertEquals(7, gate.releasedTo());
        }
    }

    @Test
    void whoOpensTheGateDoesNotWaitForAConsole() {
        try (OutputGate gate = closedGate()) {
            frame(gate, 1);
            gate.marked(1);
            frame(gate, 2);
            console(gate, "text");
            gate.marked(2);
            frame(gate, 3);
            gate.marked(3);
            gate.openTo(3);
            assertEquals(byMe("frame 1"), left.getFirst());
            reader.countDown();
            assertTrue(gate.awaitEmpty(PATIENCE_NANOS));
            assertEquals(
                    List.of(
                            byMe("frame 1"),
                            "frame 2 by vls-gate",
                            "text by vls-gate",
                            "frame 3 by vls-gate"),
                    left);
            assertEquals(3, gate.releasedTo());
        }
    }

    @Test
    void aGateThatStandsOpenAgainLetsOutWhatHasNoMark() {
        try (OutputGate gate = closedGate()) {
            frame(gate, 1);
            gate.openTo(OutputGate.OPEN);
            assertTrue(gate.awaitEmpty(PATIENCE_NANOS));
            frame(gate, 2);
            assertEquals(List.of("frame 1 by vls-gate", byMe("frame 2")), left);
        }
    }
}
