package dev.vls.machine.host.net;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ReadableByteChannel;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** The parser of streams, fed in pieces of any size and with damaged bytes. */
class StreamFramesTest {
    private static final int ROUNDS = 400;

    /** Gives its bytes in pieces of random sizes. */
    private static ReadableByteChannel inPieces(byte[] bytes, SplittableRandom random) {
        ReadableByteChannel all = Channels.newChannel(new ByteArrayInputStream(bytes));
        return new ReadableByteChannel() {
            @Override
            public int read(ByteBuffer target) throws IOException {
                int limit = target.limit();
                int most = random.nextInt(10) == 0 ? 1 : 1 + random.nextInt(50_000);
                target.limit(Math.min(limit, target.position() + most));
                int count = all.read(target);
                target.limit(limit);
                return count;
            }

            @Override
            public boolean isOpen() {
                return true;
            }

            @Override
            public void close() {}
        };
    }

    private static byte[] stream(List<byte[]> frames) {
        ByteArrayOutputStream stream = new ByteArrayOutputStream();
        for (byte[] frame : frames) {
            stream.writeBytes(ByteBuffer.allocate(4).putInt(frame.length).array());
            stream.writeBytes(frame);
        }
        return stream.toByteArray();
    }

    private static List<byte[]> frames(SplittableRandom random) {
        List<byte[]> frames = new ArrayList<>();
        for (int i = random.nextInt(30); i >= 0; i--) {
            int most = random.nextInt(20) == 0 ? StreamFrames.FRAME_BYTES_MAX + 1 : 2000;
            byte[] frame = new byte[random.nextInt(most)];
            random.nextBytes(frame);
            frames.add(frame);
        }
        return frames;
    }

    @Test
    void framesComeOutAsTheyWentIn() throws IOException {
        long seed = System.nanoTime();
        SplittableRandom random = new SplittableRandom(seed);
        for (int i = 0; i < ROUNDS; i++) {
            List<byte[]> frames = frames(random);
            StreamFrames reader = new StreamFrames(inPieces(stream(frames), random));
            frames.removeIf(frame -> frame.length < 14);
            for (byte[] frame : frames) {
                assertArrayEquals(frame, reader.next(), "seed " + seed);
            }
            assertEquals(null, reader.next(), "seed " + seed);
        }
    }

    @Test
    void damagedStreamsEndInTheirOwnWay() {
        long seed = System.nanoTime();
        SplittableRandom random = new SplittableRandom(seed);
        for (int i = 0; i < ROUNDS; i++) {
            byte[] bytes = stream(frames(random));
            for (int n = random.nextInt(20); n > 0; n--) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
            }
            byte[] cut = Arrays.copyOf(bytes, random.nextInt(bytes.length + 1));
            StreamFrames reader = new StreamFrames(inPieces(cut, random));
            int total = 0;
            try {
                for (byte[] frame = reader.next(); frame != null; frame = reader.next()) {
                    assertTrue(frame.length >= 14, "seed " + seed);
                    total += frame.length;
                }
            } catch (EOFException | StreamFrames.GarbageException expected) {
                assertTrue(expected.getMessage() != null, "seed " + seed);
            } catch (IOException e) {
                throw new AssertionError("seed " + seed, e);
            }
            assertTrue(total <= cut.length, "seed " + seed);
        }
    }
}
