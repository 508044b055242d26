package dev.vls.control.load;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.DatagramChannel;
import java.util.LinkedHashMap;
import java.util.Map;
import picocli.CommandLine.Command;

/**
 * A player of {@code builtin:arena}: answers each state with a move. What is lost on the way shows
 * as ticks that are missing.
 */
@Command(
        name = "arena",
        description = "Play in builtin:arena, and check that no tick is missing or comes twice.")
final class ArenaLoad extends LoadClient {
    private static final int MAGIC = 0x414E_5241;
    private static final int INPUT_BYTES = 12;
    private static final int STATE_BYTES_MIN = 24;
    private static final int STATE_BYTES_MAX = 1500;

    /** Without a state for so long, the last move is made again: it may have been lost. */
    private static final int AGAIN_MILLIS = 1_000;

    private int moves;
    private long missing;
    private long repeated;
    private long strange;
    private int lastTick;
    private long lastNanos;

    @Override
    LoadResult load(InetSocketAddress address, Timeline timeline, long endNanos) {
        long start = System.nanoTime();
        try (DatagramChannel channel = DatagramChannel.open()) {
            channel.connect(address);
            channel.socket().setSoTimeout(AGAIN_MILLIS);
            play(channel, timeline, endNanos);
        } catch (IOException e) {
            failed(String.valueOf(e.getMessage()));
        }
        timeline.end(System.nanoTime());
        if (timeline.total() == 0) {
            throw unreachable(address, failure().isEmpty() ? "no state came" : failure());
        }
        Map<String, Long> wrong = new LinkedHashMap<>();
        wrong.put("ticks that are missing", missing);
        wrong.put("ticks that came again or late", repeated);
        wrong.put("datagrams that are no state", strange);
        return new LoadResult(
                "arena",
                "ticks",
                secondsSince(start),
                timeline,
                latencies,
                wrong,
                Map.of("last tick", Integer.toUnsignedLong(lastTick)),
                failure());
    }

    private void play(DatagramChannel channel, Timeline timeline, long endNanos)
            throws IOException {
        byte[] bytes = new byte[STATE_BYTES_MAX];
        DatagramPacket packet = new DatagramPacket(bytes, bytes.length);
        while (System.nanoTime() < endNanos) {
            move(channel);
            try {
                channel.socket().receive(packet);
            } catch (SocketTimeoutException e) {
                continue;
            }
            long now = System.nanoTime();
            ByteBuffer state =
                    ByteBuffer.wrap(bytes, 0, packet.getLength()).order(ByteOrder.LITTLE_ENDIAN);
            if (state.remaining() < STATE_BYTES_MIN || state.getInt(0) != MAGIC) {
                strange++;
            } else if (take(state.getInt(4), now)) {
                timeline.add(now, 1);
            }
        }
    }

    private void move(DatagramChannel channel) throws IOException {
        ByteBuffer input = ByteBuffer.allocate(INPUT_BYTES).order(ByteOrder.LITTLE_ENDIAN);
        moves++;
        input.putInt(MAGIC).putInt(moves).putShort((short) (moves % 7 - 3));
        input.putShort((short) (moves % 5 - 2)).flip();
        channel.write(input);
    }

    /** Whether it is a new tick. */
    private boolean take(int tick, long now) {
        if (lastNanos != 0) {
            int step = tick - lastTick;
            if (step <= 0) {
                repeated++;
                return false;
            }
            missing += step - 1;
            latencies.recordValue(now - lastNanos);
        }
        lastTick = tick;
        lastNanos = now;
        return true;
    }
}
