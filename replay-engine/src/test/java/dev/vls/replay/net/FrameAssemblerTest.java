package dev.vls.replay.net;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.vls.replay.wire.WireFormat;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.TooLongFrameException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Frames out of a stream that is cut anywhere. */
final class FrameAssemblerTest {
    private final long seed = new Random().nextLong();

    @Test
    void framesComeAsTheyWereWhereverTheStreamIsCut() {
        Random random = new Random(seed);
        EmbeddedChannel channel = new EmbeddedChannel(new FrameAssembler());
        ByteBuf stream = Unpooled.buffer();
        Deque<ByteBuf> sent = new ArrayDeque<>();
        for (int i = 0; i < 300; i++) {
            byte[] frame = new byte[1 + random.nextInt(i % 50 == 0 ? 1 << 20 : 2000)];
            random.nextBytes(frame);
            stream.writeIntLE(frame.length).writeBytes(frame);
            sent.add(Unpooled.wrappedBuffer(frame));
        }
        while (stream.isReadable()) {
            int most = random.nextInt(10) == 0 ? 3 : 1 << random.nextInt(20);
            int cut = Math.min(stream.readableBytes(), 1 + random.nextInt(most));
            channel.writeInbound(stream.readRetainedSlice(cut));
            for (ByteBuf frame = channel.readInbound();
                    frame != null;
                    frame = channel.readInbound()) {
                assertEquals(sent.poll(), frame, "seed " + seed);
                frame.release();
            }
        }
        assertEquals(0, sent.size(), "seed " + seed);
        channel.finish();
        assertEquals(1, stream.refCnt(), "seed " + seed);
    }

    @Test
    void aLengthThatIsNoneEndsTheStream() {
        for (int length : new int[] {0, -1, WireFormat.FRAME_MAX + 1}) {
            EmbeddedChannel channel = new EmbeddedChannel(new FrameAssembler());
            ByteBuf bad = Unpooled.buffer().writeIntLE(length).writeIntLE(1).writeByte(5);
            assertThrows(TooLongFrameException.class, () -> channel.writeInbound(bad));
            channel.writeInbound(Unpooled.buffer().writeIntLE(1).writeByte(7));
            assertNull(channel.readInbound());
            channel.finish();
        }
    }

    @Test
    void aFrameThatEndsWithTheConnectionIsForgotten() {
        EmbeddedChannel channel = new EmbeddedChannel(new FrameAssembler());
        channel.writeInbound(Unpooled.buffer().writeIntLE(100).writeByte(5));
        channel.finish();
        assertNull(channel.readInbound());
    }
}
