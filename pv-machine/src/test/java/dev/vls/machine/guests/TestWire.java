package dev.vls.machine.guests;

import dev.vls.machine.Input;
import dev.vls.machine.InputSource;
import dev.vls.machine.OutputSink;
import dev.vls.machine.device.net.FrameOffload;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * A wire from the machine's first interface to clients, in the machine's virtual time. It loses,
 * doubles and delays frames as a seed says; one seed gives one run.
 */
final class TestWire implements InputSource, OutputSink {
    /** Latency without mischief. */
    private static final long LATENCY_NANOS = 100_000;

    private static final long LATER_NANOS_MAX = 3_000_000;
    private static final long TICK_NANOS = 10_000_000;
    private static final long LOOK_STEPS = 5_000;

    private final PriorityQueue<Event> events =
            new PriorityQueue<>(
                    Comparator.comparingLong(Event::time).thenComparingLong(Event::number));
    private final Map<Integer, TestTcpClient> clients = new HashMap<>();
    private final List<byte[]> others = new ArrayList<>();
    private final List<byte[]> sentToGuest = new ArrayList<>();
    private final ByteArrayOutputStream console = new ByteArrayOutputStream();
    private final SplittableRandom random;
    private final double mischief;
    private @Nullable Runnable script;
    private long number;
    private long now;

    /**
     * Something on its way.
     *
     * @param input for the guest; null for what is the clients'
     * @param frame for the clients; null for a tick of their clock
     */
    @SuppressWarnings("ArrayRecordComponent") // Compared by nobody.
    private record Event(long time, long number, @Nullable Input input, byte @Nullable [] frame) {}

    /**
     * @param mischief the probability of each of losing, doubling, and delaying a frame
     */
    TestWire(long seed, double mischief) {
        this.random = new SplittableRandom(seed);
        this.mischief = mischief;
        plug(true);
        add(0, null, null);
    }

    /** Plugs the cable in, or pulls it. */
    void plug(boolean in) {
        add(now, new Input.NetCarrier(0, in), null);
    }

    /** What to do, again and again, while the guest waits. */
    void setScript(Runnable runnable) {
        script = runnable;
    }

    TestTcpClient connect(int port, int guestPort) {
        TestTcpClient client = new TestTcpClient(port, guestPort, this::toGuest);
        clients.put(port, client);
        client.connect(now);
        return client;
    }

    /** Virtual time, in ns. */
    long now() {
        return now;
    }

    String console() {
        return console.toString(StandardCharsets.US_ASCII);
    }

    /** Frames of the guest that are no client's. */
    List<byte[]> others() {
        return others;
    }

    /** All that clients sent to the guest. */
    List<byte[]> sentToGuest() {
        return sentToGuest;
    }

    void toGuest(byte[] frame) {
        sentToGuest.add(frame);
        send(true, frame);
    }

    private void send(boolean toGuest, byte[] frame) {
        boolean lost = random.nextDouble() < mischief;
        for (int i = random.nextDouble() < mischief ? 2 : 1; i > 0 && !lost; i--) {
            boolean late = random.nextDouble() < mischief;
            long more = late ? random.nextLong(LATER_NANOS_MAX) : 0;
            Input input = toGuest ? new Input.NetRx(0, frame, FrameOffload.NONE) : null;
            add(now + LATENCY_NANOS + more, input, frame);
        }
    }

    private void add(long time, @Nullable Input input, byte @Nullable [] frame) {
        events.add(new Event(time, number++, input, frame));
    }

    /** The next input that is due. */
    private @Nullable Input due() {
        while (true) {
            Event event = events.peek();
            if (event == null || event.time > now) {
                return null;
            }
            events.remove();
            if (event.input != null) {
                return event.input;
            }
            if (event.frame != null) {
                deliver(event.frame);
            } else {
                clients.values().forEach(client -> client.run(now));
                add(event.time + TICK_NANOS, null, null);
            }
        }
    }

    private void deliver(byte[] frame) {
        int port =
                TestTcpClient.isForClients(frame)
                        ? (frame[36] & 0xFF) << 8 | (frame[37] & 0xFF)
                        : -1;
        TestTcpClient client = clients.get(port);
        if (client == null) {
            others.add(frame);
        } else {
            client.receive(frame, now);
        }
    }

    @Override
    public long runLimit(int vcpu, long instructionCount) {
        return instructionCount + LOOK_STEPS;
    }

    @Override
    public @Nullable Input poll(int vcpu, long instructionCount, long systemTime) {
        now = systemTime;
        return due();
    }

    @Override
    public @Nullable Input await(int vcpu, long instructionCount, long systemTime, long deadline) {
        now = systemTime;
        if (script != null) {
            script.run();
        }
        Input input = due();
        if (input != null) {
            return input;
        }
        // There always is the clients' clock.
        long next = events.isEmpty() ? now + TICK_NANOS : events.element().time;
        return new Input.Clock(Math.min(next, deadline) - now);
    }

    @Override
    public void console(byte[] bytes, int offset, int length) {
        console.write(bytes, offset, length);
    }

    @Override
    public void networkFrame(
            int device, byte[] bytes, int offset, int length, FrameOffload offload) {
        send(false, Arrays.copyOfRange(bytes, offset, offset + length));
    }
}
