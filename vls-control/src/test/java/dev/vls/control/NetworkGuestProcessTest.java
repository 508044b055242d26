package dev.vls.control;

import static dev.vls.control.CommandLineHarness.vls;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A player of {@code builtin:arena} at the other end of its stream socket, who speaks Ethernet as
 * QEMU's {@code -netdev stream} does; the game is recorded, and replayed by both engines.
 */
@Timeout(120)
class NetworkGuestProcessTest {
    private static final int TICKS = 40;
    private static final int PLAYED_MIN = 20;
    private static final int PORT = 2050;
    private static final int HEADERS = 14 + 20 + 8;
    private static final int MAGIC = 0x414E_5241;
    private static final String GUEST_MAC = "00163e010203";
    private static final String MAC = "020000000002";

    @TempDir private Path directory;

    /** A move of the player, without a checksum, as UDP allows. */
    private static byte[] move(int number) {
        ByteBuffer frame = ByteBuffer.allocate(HEADERS + 12);
        frame.put(HexFormat.of().parseHex(GUEST_MAC + MAC + "0800"));
        frame.putInt(0x4500_0028).putInt(0x4000).putInt(0x4011_0000);
        frame.putInt(0x0A00_0202).putInt(0x0A00_020F);
        int sum = 0;
        for (int at = 14; at < 34; at += 2) {
            sum += frame.getShort(at) & 0xFFFF;
        }
        frame.putShort(24, (short) ~((sum & 0xFFFF) + (sum >>> 16)));
        frame.putShort((short) 4000).putShort((short) PORT).putShort((short) 20);
        frame.putShort((short) 0).order(ByteOrder.LITTLE_ENDIAN);
        frame.putInt(MAGIC).putInt(number).putShort((short) 3).putShort((short) -2);
        return frame.array();
    }

    /** Plays until the guest is gone; answers how many states came, each a tick later. */
    private static int play(SocketChannel channel) throws IOException {
        DataInputStream in = new DataInputStream(Channels.newInputStream(channel));
        DataOutputStream out = new DataOutputStream(Channels.newOutputStream(channel));
        int played = 0;
        int lastTick = 0;
        int left = TICKS;
        while (left > 0) {
            byte[] bytes = new byte[in.readInt()];
            in.readFully(bytes);
            ByteBuffer frame = ByteBuffer.wrap(bytes);
            boolean state = bytes.length > HEADERS + 24 && frame.getShort(34) == PORT;
            if (state) {
                frame.order(ByteOrder.LITTLE_ENDIAN);
                assertEquals(MAGIC, frame.getInt(HEADERS));
                int tick = frame.getInt(HEADERS + 4);
                assertEquals(played == 0 ? tick : lastTick + 1, tick);
                lastTick = tick;
                left = TICKS - tick;
                played++;
            }
            // The first frame is the guest's announcement: it listens.
            byte[] move = move(played + 1);
            if (left > 1) {
                out.writeInt(move.length);
                out.write(move);
                out.flush();
            }
        }
        return played;
    }

    /** Connects once the guest's process listens: first there is no file, then nobody at it. */
    private static SocketChannel connect(Path socket) throws InterruptedException {
        while (true) {
            try {
                return SocketChannel.open(UnixDomainSocketAddress.of(socket));
            } catch (IOException e) {
                Thread.sleep(20);
            }
        }
    }

    @Test
    void aGameOverAStreamSocketIsReplayedByBothEngines() throws Exception {
        Path socket = directory.resolve("net");
        String trace = directory.resolve("trace.vls").toString();
        Path recorded = directory.resolve("recorded");
        try (VlsProcess recording =
                VlsProcess.start(
                        directory,
                        "record",
                        "--kernel=builtin:arena",
                        "--memory=32M",
                        "--cmdline=arena.ticks=" + TICKS,
                        "--net=socket=%s,listen,mac=00:16:3e:01:02:03".formatted(socket),
                        "--stats=" + recorded,
                        "-o",
                        trace)) {
            int played;
            try (SocketChannel channel = connect(socket)) {
                played = play(channel);
            }
            assertEquals(0, recording.exitCode(), recording.errors());
            assertTrue(played >= PLAYED_MIN, "states: " + played);
            String summary = "arena: %d ticks, 1 players".formatted(TICKS);
            assertTrue(recording.output().contains(summary), recording.output());
        }
        for (String engine : List.of("interpreter", "translator")) {
            Path replayed = directory.resolve(engine);
            CommandLineHarness replay =
                    vls("replay", trace, "--verify", "--engine=" + engine, "--stats=" + replayed);
            assertEquals(0, replay.exitCode, replay.err);
            Map<String, String> first = Statistics.read(recorded);
            Map<String, String> second = Statistics.read(replayed);
            for (String same : List.of("instructions", "digest", "outputs", "exit")) {
                assertEquals(first.get(same), second.get(same), engine + ": " + same);
            }
        }
    }
}
