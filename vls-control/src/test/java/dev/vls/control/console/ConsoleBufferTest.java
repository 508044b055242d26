package dev.vls.control.console;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What the guest writes reaches every reader, complete and in order. */
@Timeout(60)
class ConsoleBufferTest {
    private static final long FOREVER = Long.MAX_VALUE / 2;

    @Test
    void everyReaderGetsEveryByteHoweverSlow() throws Exception {
        long seed = System.nanoTime();
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        byte[] written = new byte[300_000];
        random.nextBytes(written);
        ConsoleBuffer buffer = new ConsoleBuffer(1024, FOREVER);
        CompletableFuture<byte[]> first = collect(buffer.follow(), new Random(seed + 1));
        CompletableFuture<byte[]> second = collect(buffer.attach(), new Random(seed + 2));
        for (int at = 0; at < written.length; ) {
            // Pieces longer than the buffer too.
            int length = Math.min(1 + random.nextInt(3000), written.length - at);
            buffer.write(written, at, length);
            at += length;
        }
        buffer.close();
        assertArrayEquals(written, first.get());
        assertArrayEquals(written, second.get());
    }

    private static CompletableFuture<byte[]> collect(ConsoleBuffer.Reader reader, Random random) {
        CompletableFuture<byte[]> result = new CompletableFuture<>();
        Thread.ofVirtual()
                .start(
                        () -> {
                            ByteArrayOutputStream all = new ByteArrayOutputStream();
                            try {
                                byte[] chunk = new byte[1 + random.nextInt(700)];
                                for (int count; (count = reader.read(chunk)) >= 0; ) {
                                    all.write(chunk, 0, count);
                                    if (random.nextInt(50) == 0) {
                                        Thread.sleep(1);
                                    }
                                }
                                result.complete(all.toByteArray());
                            } catch (InterruptedException e) {
                                result.completeExceptionally(e);
                            }
                        });
        return result;
    }

    @Test
    void theGuestWaitsForAReaderThatIsABufferBehind() throws Exception {
        ConsoleBuffer buffer = new ConsoleBuffer(1024, FOREVER);
        ConsoleBuffer.Reader reader = buffer.follow();
        buffer.write(new byte[1024], 0, 1024);
        CompletableFuture<Void> more =
                CompletableFuture.runAsync(() -> buffer.write(new byte[1], 0, 1));
        byte[] chunk = new byte[600];
        assertEquals(600, reader.read(chunk));
        // Taken, but the reader may not be done with it.
        assertFalse(more.isDone());
        assertEquals(424, reader.read(chunk));
        more.get();
        assertEquals(1, reader.read(chunk));
    }

    @Test
    void aReaderThatTakesNothingIsCutOffAndNotTheOneThatFollows() throws Exception {
        ConsoleBuffer buffer = new ConsoleBuffer(1024, 1_000_000);
        ConsoleBuffer.Reader stuck = buffer.attach();
        CompletableFuture<byte[]> following = collect(buffer.follow(), new Random(1));
        byte[] written = new byte[5000];
        Arrays.fill(written, (byte) 'x');
        buffer.write(written, 0, written.length);
        buffer.close();
        assertTrue(stuck.isLost());
        assertEquals(-1, stuck.read(new byte[10]));
        assertArrayEquals(written, following.get());
    }

    @Test
    void aLateReaderGetsTheLastOfWhatWasBefore() throws Exception {
        ConsoleBuffer buffer = new ConsoleBuffer(1024, FOREVER);
        for (int i = 0; i < 5000; i++) {
            buffer.write(new byte[] {(byte) i}, 0, 1);
        }
        ConsoleBuffer.Reader late = buffer.attach();
        buffer.close();
        byte[] chunk = new byte[2000];
        assertEquals(512, late.read(chunk));
        assertEquals((byte) (5000 - 512), chunk[0]);
        assertEquals((byte) 4999, chunk[511]);
        assertEquals(-1, late.read(chunk));
    }

    @Test
    void releasedItWaitsForNobody() throws Exception {
        ConsoleBuffer buffer = new ConsoleBuffer(1024, FOREVER);
        ConsoleBuffer.Reader stuck = buffer.follow();
        CompletableFuture<Void> writing =
                CompletableFuture.runAsync(() -> buffer.write(new byte[9000], 0, 9000));
        buffer.release();
        writing.get();
        buffer.awaitDone(stuck);
        assertEquals(1024, stuck.read(new byte[4096]));
    }

    @Test
    void aRawTerminalGetsCarriageReturnsUntilTheGuestSendsItsOwn() throws Exception {
        assertEquals("a\r\nb\r\n", shown("a\n", "b\n"));
        assertEquals("a\r\nb\nc", shown("a\r", "\nb\nc"));
        assertEquals("x\r\ny\r\rz\n", shown("x\ny\r\rz\n"));
    }

    private static String shown(String... pieces) throws Exception {
        CarriageReturns terminal = new CarriageReturns();
        ByteArrayOutputStream target = new ByteArrayOutputStream();
        for (String piece : pieces) {
            byte[] bytes = piece.getBytes(java.nio.charset.StandardCharsets.US_ASCII);
            terminal.write(bytes, bytes.length, target);
        }
        return target.toString(java.nio.charset.StandardCharsets.US_ASCII);
    }
}
