package dev.vls.migration;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

/** Pages over links of several rates, which compression makes shorter or not. */
final class CompressionChoiceTest {
    /** A quarter of a MiB. */
    private static final int FRAME_BYTES = 1 << 18;

    private static final double READ_BYTES_PER_SECOND = 4e9;
    private static final double COMPRESSED_BYTES_PER_SECOND = 1e9;

    private final CompressionChoice choice = new CompressionChoice();
    private long now;

    /** Sends so many MiB; answers how many were compressed. */
    private int send(int mib, double linkBytesPerSecond, double ratio) {
        int compressed = 0;
        choice.begin(now);
        for (int i = 0; i < mib * 4; i++) {
            boolean packs = choice.compresses();
            double made =
                    FRAME_BYTES / (packs ? COMPRESSED_BYTES_PER_SECOND : READ_BYTES_PER_SECOND);
            double sent = FRAME_BYTES * (packs ? ratio : 1) / linkBytesPerSecond;
            long waited = (long) (Math.max(0, sent - made) * 1e9);
            now += (long) (made * 1e9) + waited;
            choice.sent(FRAME_BYTES, waited, now);
            compressed += packs ? 1 : 0;
        }
        return compressed / 4;
    }

    @Test
    void aSlowLinkIsSentWhatIsShorter() {
        int compressed = send(1024, 125e6, 0.5);
        assertTrue(compressed > 900, "of 1024 MiB " + compressed);
    }

    @Test
    void whatDoesNotBecomeShorterIsSentAsItIs() {
        int compressed = send(1024, 125e6, 1);
        assertTrue(compressed <= 1024 / CompressionChoice.TRIED_AFTER + 8, "MiB " + compressed);
    }

    @Test
    void aLinkThatTakesAllThatIsReadIsNotKeptWaitingForShorterContent() {
        assertEquals(0, send(1024, 5e9, 0.1));
    }

    @Test
    void aLinkThatBecomesFasterIsSentPagesAsTheyAre() {
        assertTrue(send(512, 125e6, 0.5) > 400);
        int compressed = send(1024, 5e9, 0.5);
        assertTrue(compressed < 200, "of 1024 MiB " + compressed);
    }
}
