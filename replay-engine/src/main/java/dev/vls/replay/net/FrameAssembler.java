package dev.vls.replay.net;

import dev.vls.replay.wire.WireFormat;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.TooLongFrameException;
import org.jspecify.annotations.Nullable;

/**
 * Makes frames of what is read: those that were read whole where they are, others in a buffer of
 * their own, so that no byte of a usual frame is copied more than once. What is passed on is a
 * frame without its length, in one piece.
 */
final class FrameAssembler extends ChannelInboundHandlerAdapter {
    /** A longer frame is given room as it comes: its length alone may be a lie. */
    private static final int ROOM_MAX = 512 << 10;

    /** Of the length of the next frame, from the lowest. */
    private int lengthBytes;

    private int length;

    /** The frame whose beginning has come; null between frames. */
    private @Nullable ByteBuf frame;

    private boolean broken;

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        ByteBuf in = (ByteBuf) message;
        try {
            while (in.isReadable() && !broken) {
                take(context, in);
            }
        } finally {
            in.release();
        }
    }

    private void take(ChannelHandlerContext context, ByteBuf in) {
        if (lengthBytes < Integer.BYTES) {
            length |= in.readUnsignedByte() << (Byte.SIZE * lengthBytes++);
            if (lengthBytes == Integer.BYTES && (length < 1 || length > WireFormat.FRAME_MAX)) {
                broken = true;
                throw new TooLongFrameException(
                        "a frame of %d bytes".formatted(Integer.toUnsignedLong(length)));
            }
            return;
        }
        ByteBuf begun = frame;
        if (begun == null && in.readableBytes() >= length) {
            pass(context, in.readRetainedSlice(length));
            return;
        }
        if (begun == null) {
            begun = context.alloc().ioBuffer(Math.min(length, ROOM_MAX), length);
            frame = begun;
        }
        begun.writeBytes(in, Math.min(in.readableBytes(), length - begun.readableBytes()));
        if (begun.readableBytes() == length) {
            frame = null;
            pass(context, begun);
        }
    }

    private void pass(ChannelHandlerContext context, ByteBuf whole) {
        lengthBytes = 0;
        length = 0;
        context.fireChannelRead(whole);
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        drop();
        context.fireChannelInactive();
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext context) {
        drop();
    }

    private void drop() {
        ByteBuf begun = frame;
        frame = null;
        broken = true;
        if (begun != null) {
            begun.release();
        }
    }
}
