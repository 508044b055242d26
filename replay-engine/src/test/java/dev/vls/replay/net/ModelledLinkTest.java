package dev.vls.replay.net;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A link by a clock that the test turns. */
final class ModelledLinkTest {
    private static final long WINDOW = 10_000_000;
    private static final long SECOND = 1_000_000_000;

    private record Due(long at, Runnable work) {}

    private long now = 1_000;
    private final PriorityQueue<Due> timer =
            new PriorityQueue<>((a, b) -> Long.compare(a.at, b.at));

    private EmbeddedChannel channel(LinkModel model) {
        return new EmbeddedChannel(
                new ModelledLink(
                        model, () -> now, (nanos, work) -> timer.add(new Due(now + nanos, work))));
    }

    /** Lets time pass to the next thing that happens. */
    private boolean step(EmbeddedChannel channel) {
        Due next = timer.poll();
        if (next == null) {
            return false;
        }
        now = next.at;
        next.work.run();
        channel.runPendingTasks();
        return true;
    }

    private static long take(EmbeddedChannel channel) {
        long bytes = 0;
        for (ByteBuf piece = channel.readOutbound();
                piece != null;
                piece = channel.readOutbound()) {
            bytes += piece.readableBytes();
            piece.release();
        }
        return bytes;
    }

    @ParameterizedTest
    @ValueSource(longs = {10_000_000, 1_000_000_000, 10_000_000_000L})
    void aSenderThatIsAlwaysReadyIsHeldToTheRateInEachWindow(long rate) {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        EmbeddedChannel channel = channel(new LinkModel(rate, 0));
        long windowEnd = now + WINDOW;
        long inWindow = 0;
        long pieceBits = 2L * 8 * (32 << 10);
        double wanted = (double) rate * WINDOW / SECOND;
        long end = now + SECOND / 2;
        while (now < end) {
            while (channel.isWritable()) {
                var _ =
                        channel.writeAndFlush(
                                Unpooled.wrappedBuffer(new byte[random.nextInt(100_000)]));
            }
            assertTrue(step(channel));
            while (now > windowEnd) {
                assertEquals(wanted, inWindow * 8.0, (double) pieceBits, "seed " + seed);
                inWindow = 0;
                windowEnd += WINDOW;
            }
            inWindow += take(channel);
        }
        channel.finishAndReleaseAll();
    }

    @Test
    void aFrameArrivesItsTimeAndTheDelayLater() {
        EmbeddedChannel channel = channel(new LinkModel(1_000_000_000, 100_000));
        long start = now;
        var _ = channel.writeAndFlush(Unpooled.wrappedBuffer(new byte[1250]));
        assertTrue(step(channel));
        assertEquals(start + 10_000 + 100_000, now);
        assertEquals(1250, take(channel));
        assertFalse(step(channel));
    }

    @Test
    void aDelayAloneKeepsTheOrderAndHoldsNothingUp() {
        EmbeddedChannel channel = channel(new LinkModel(0, 2_000_000));
        for (int i = 0; i < 5; i++) {
            var _ = channel.writeAndFlush(Unpooled.wrappedBuffer(new byte[] {(byte) i}));
        }
        assertTrue(channel.isWritable());
        assertTrue(step(channel));
        for (int i = 0; i < 5; i++) {
            ByteBuf piece = channel.readOutbound();
            assertEquals(i, piece.readByte());
            piece.release();
        }
    }

    @Test
    void whatIsOnTheWayWhenTheConnectionEndsIsLost() {
        EmbeddedChannel channel = channel(new LinkModel(1_000_000, 0));
        ByteBuf sent = Unpooled.wrappedBuffer(new byte[100_000]);
        var done = channel.writeAndFlush(sent);
        var _ = channel.close();
        assertFalse(done.isSuccess());
        assertEquals(0, sent.refCnt());
        while (step(channel)) {
            assertEquals(0, take(channel));
        }
    }

    @Test
    void ratesAndDelaysAreReadAsTcWritesThem() {
        assertEquals(1_000_000_000, LinkModel.parseRate("1Gbit"));
        assertEquals(12_500_000, LinkModel.parseRate("12.5mbit"));
        assertEquals(64_000, LinkModel.parseRate("64Kbit"));
        assertEquals(8_000, LinkModel.parseRate("8000bit"));
        assertEquals(100_000, LinkModel.parseDelay("100us"));
        assertEquals(1_500_000, LinkModel.parseDelay("1.5ms"));
        assertEquals(SECOND, LinkModel.parseDelay("1s"));
        for (String wrong : List.of("", "1", "-1mbit", "1bit", "1gb", "99999gbit", "1e9bit")) {
            assertThrows(IllegalArgumentException.class, () -> LinkModel.parseRate(wrong), wrong);
        }
        for (String wrong : List.of("100", "11s", "ms", "-1ms")) {
            assertThrows(IllegalArgumentException.class, () -> LinkModel.parseDelay(wrong), wrong);
        }
    }
}
