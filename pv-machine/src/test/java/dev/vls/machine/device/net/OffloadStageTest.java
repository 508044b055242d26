package dev.vls.machine.device.net;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.vls.machine.device.net.TestPackets.Shape;
import dev.vls.xen.abi.io.NetifGsoType;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Checksums and segments in software, against packets computed in another way. */
class OffloadStageTest {
    private static final int ROUNDS = 3_000;

    @SuppressWarnings("ArrayRecordComponent") // Compared by nobody.
    private record Sent(byte[] bytes, FrameOffload offload) {}

    private final List<Sent> sent = new ArrayList<>();
    private final OffloadStage stage = new OffloadStage(65535);

    private boolean pass(byte[] frame, FrameOffload offload, int offset) {
        byte[] shifted = new byte[offset + frame.length + 3];
        System.arraycopy(frame, 0, shifted, offset, frame.length);
        sent.clear();
        return stage.pass(
                shifted,
                offset,
                frame.length,
                offload,
                (bytes, from, length, left) ->
                        sent.add(new Sent(TestPackets.part(bytes, from, length), left)));
    }

    private static byte[] payload(SplittableRandom random, int max) {
        byte[] bytes = new byte[random.nextInt(max + 1)];
        random.nextBytes(bytes);
        return bytes;
    }

    private static FrameOffload segments(Shape shape, int size) {
        return FrameOffload.segments(shape.ipv4() ? NetifGsoType.TCPV4 : NetifGsoType.TCPV6, size);
    }

    @Test
    void blankChecksumsAreCompleted() {
        long seed = System.nanoTime();
        SplittableRandom random = new SplittableRandom(seed);
        for (int i = 0; i < ROUNDS; i++) {
            Shape shape = Shape.random(random, random.nextBoolean());
            byte[] frame = TestPackets.packet(shape, payload(random, 3000), random);
            assertTrue(TestPackets.isRight(frame), "the test's own packet");
            String about = "seed %d, round %d, %s".formatted(seed, i, shape);
            assertTrue(
                    pass(TestPackets.blank(frame), FrameOffload.BLANK, random.nextInt(9)), about);
            assertArrayEquals(frame, sent.getFirst().bytes(), about);
            assertSame(FrameOffload.VALIDATED, sent.getFirst().offload());
        }
    }

    @Test
    void rightChecksumsAreToldFromWrongOnes() {
        long seed = System.nanoTime();
        SplittableRandom random = new SplittableRandom(seed);
        PacketHeaders headers = new PacketHeaders();
        for (int i = 0; i < ROUNDS; i++) {
            Shape shape = Shape.random(random, random.nextBoolean());
            byte[] frame = TestPackets.packet(shape, payload(random, 2000), random);
            String about = "seed %d, round %d, %s".formatted(seed, i, shape);
            assertTrue(headers.parse(frame, 0, frame.length), about);
            assertTrue(headers.verifyChecksum(frame), about);
            int at = headers.transport + random.nextInt(4);
            frame[at] ^= (byte) (1 << random.nextInt(8));
            assertFalse(headers.verifyChecksum(frame), about);
        }
    }

    @Test
    void segmentsAddUpToTheirPacket() {
        long seed = System.nanoTime();
        SplittableRandom random = new SplittableRandom(seed);
        for (int i = 0; i < ROUNDS; i++) {
            Shape shape = Shape.random(random, true);
            byte[] payload = payload(random, 20_000);
            byte[] frame = TestPackets.packet(shape, payload, random);
            int size = 1 + random.nextInt(1, 3000) + (random.nextInt(4) == 0 ? 20_000 : 40);
            String about = "seed %d, round %d, %s, size %d".formatted(seed, i, shape, size);
            assertTrue(pass(TestPackets.blank(frame), segments(shape, size), i % 5), about);
            checkSegments(frame, shape, payload, size, about);
        }
    }

    private void checkSegments(byte[] frame, Shape shape, byte[] payload, int size, String about) {
        int transport = TestPackets.transport(frame);
        int flags = frame[transport + 13];
        int sequence = TestPackets.get(frame, transport + 4) << 16;
        sequence |= TestPackets.get(frame, transport + 6);
        ByteArrayOutputStream joined = new ByteArrayOutputStream();
        assertEquals(Math.max((payload.length + size - 1) / size, 1), sent.size(), about);
        for (int n = 0; n < sent.size(); n++) {
            byte[] segment = sent.get(n).bytes();
            boolean last = n == sent.size() - 1;
            assertTrue(TestPackets.isRight(segment), about);
            int at = TestPackets.get(segment, transport + 4) << 16;
            at |= TestPackets.get(segment, transport + 6);
            assertEquals(sequence + joined.size(), at, about);
            int expected = flags & ~(last ? 0 : 0x09) & ~(n == 0 ? 0 : 0x80);
            assertEquals((byte) expected, segment[transport + 13], about);
            if (shape.ipv4()) {
                int identification = TestPackets.get(frame, 14 + 4) + n;
                assertEquals(identification & 0xFFFF, TestPackets.get(segment, 14 + 4), about);
            }
            int bytes = segment.length - shape.headerBytes();
            assertTrue(last ? bytes <= size : bytes == size, about);
            joined.write(segment, shape.headerBytes(), bytes);
        }
        assertArrayEquals(payload, joined.toByteArray(), about);
    }

    @Test
    void whatTheNextOneCanDoIsLeftToIt() {
        SplittableRandom random = new SplittableRandom(1);
        Shape shape = new Shape(true, true, 0, 12);
        byte[] frame = TestPackets.blank(TestPackets.packet(shape, new byte[5000], random));
        stage.setCapabilities(true, false, true, false);
        assertTrue(pass(frame, segments(shape, 1000), 0));
        assertEquals(1, sent.size());
        assertEquals(segments(shape, 1000), sent.getFirst().offload());
        assertArrayEquals(frame, sent.getFirst().bytes());
        Shape other = new Shape(false, true, 0, 12);
        frame = TestPackets.blank(TestPackets.packet(other, new byte[5000], random));
        assertTrue(pass(frame, segments(other, 1000), 0));
        assertEquals(5, sent.size());
        stage.setCapabilities(true, true, true, false);
        assertTrue(pass(frame, FrameOffload.BLANK, 0));
        assertSame(FrameOffload.BLANK, sent.getFirst().offload());
    }

    @Test
    void framesThatAreNotWhatTheySayGoNowhere() {
        SplittableRandom random = new SplittableRandom(2);
        byte[] udp = TestPackets.packet(new Shape(true, false, 0, 0), new byte[500], random);
        assertFalse(pass(udp, segments(new Shape(true, true, 0, 0), 100), 0));
        byte[] tcp = TestPackets.packet(new Shape(true, true, 0, 0), new byte[500], random);
        assertFalse(pass(tcp, segments(new Shape(false, true, 0, 0), 100), 0));
        byte[] fragment = tcp.clone();
        fragment[14 + 6] = 0x20;
        assertFalse(pass(fragment, FrameOffload.BLANK, 0));
        assertFalse(pass(Arrays.copyOf(tcp, tcp.length - 1), FrameOffload.BLANK, 0));
        assertFalse(pass(new byte[60], FrameOffload.BLANK, 0));
        assertTrue(sent.isEmpty());
        assertTrue(pass(new byte[60], FrameOffload.NONE, 0));
    }

    @Test
    void noHeadersAreTooBroken() {
        long seed = System.nanoTime();
        SplittableRandom random = new SplittableRandom(seed);
        stage.setCapabilities(false, false, false, false);
        for (int i = 0; i < 20_000; i++) {
            byte[] frame =
                    TestPackets.packet(
                            Shape.random(random, random.nextInt(3) > 0),
                            payload(random, 100),
                            random);
            for (int n = random.nextInt(4); n >= 0; n--) {
                frame[random.nextInt(12, Math.min(frame.length, 80))] = (byte) random.nextInt();
            }
            frame = Arrays.copyOf(frame, random.nextInt(frame.length + 1));
            boolean passed = pass(frame, segments(Shape.random(random, true), 7), 0);
            assertTrue(passed == !sent.isEmpty(), "seed " + seed);
            for (Sent piece : sent) {
                assertTrue(piece.bytes().length <= frame.length, "seed " + seed);
            }
        }
    }
}
