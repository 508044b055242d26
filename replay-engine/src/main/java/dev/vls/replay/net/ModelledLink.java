package dev.vls.replay.net;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.ChannelPromise;
import java.nio.channels.ClosedChannelException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.LongSupplier;

/**
 * Holds what is sent as long as a link of a {@link LinkModel} would: piece by piece, so that the
 * rate is kept at any scale and a large frame arrives bit by bit. Netty's own traffic shaping looks
 * at the clock some times a second, and its event loop's timer counts milliseconds: neither can
 * make 100 us.
 *
 * <p>Belongs next to the socket, behind TLS. The channel is writable as long as little more waits
 * than is on the way anyway.
 */
final class ModelledLink extends ChannelDuplexHandler {
    /** Wakes a link up; the work is then done on the channel's thread. */
    interface Timer {
        void after(long nanos, Runnable work);
    }

    private static final int PIECE_BYTES = 32 << 10;

    /** What may wait in front of the link, as a queue of a network card. */
    private static final long QUEUE_NANOS = 2_000_000;

    private static final long QUEUE_BYTES_MIN = 2L * PIECE_BYTES;
    private static final long QUEUE_BYTES_MAX = 4 << 20;

    /** Of Netty's bits for users' own reasons not to write. */
    private static final int WRITABILITY_BIT = 1;

    private record Piece(ByteBuf bytes, ChannelPromise promise, long arrivesAt) {}

    private final LinkModel model;
    private final LongSupplier clock;
    private final Timer timer;
    private final long queueMax;
    private final Deque<Piece> onTheWay = new ArrayDeque<>();

    /** When the last piece has left this side. */
    private long freeAt;

    private long heldBytes;
    private boolean armed;
    private boolean writable = true;

    /**
     * @param clock in nanoseconds
     */
    ModelledLink(LinkModel model, LongSupplier clock, Timer timer) {
        this.model = model;
        this.clock = clock;
        this.timer = timer;
        queueMax =
                Math.clamp(model.bytesIn(QUEUE_NANOS), QUEUE_BYTES_MIN, QUEUE_BYTES_MAX)
                        + Math.min(model.bytesIn(model.delayNanos()), QUEUE_BYTES_MAX);
        freeAt = clock.getAsLong();
    }

    @Override
    public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
        ByteBuf bytes = (ByteBuf) message;
        long now = clock.getAsLong();
        freeAt = Math.max(freeAt, now);
        while (bytes.readableBytes() > PIECE_BYTES) {
            hold(bytes.readRetainedSlice(PIECE_BYTES), context.voidPromise());
        }
        hold(bytes, promise);
        arm(context, now);
        setWritable(context);
    }

    private void hold(ByteBuf bytes, ChannelPromise promise) {
        freeAt += model.nanosFor(bytes.readableBytes());
        heldBytes += bytes.readableBytes();
        onTheWay.add(new Piece(bytes, promise, freeAt + model.delayNanos()));
    }

    /** Nothing is left to flush but what {@link #deliver} lets go. */
    @Override
    public void flush(ChannelHandlerContext context) {}

    private void arm(ChannelHandlerContext context, long now) {
        Piece next = onTheWay.peek();
        if (next != null && !armed) {
            armed = true;
            timer.after(
                    Math.max(0, next.arrivesAt - now),
                    () -> context.executor().execute(() -> deliver(context)));
        }
    }

    private void deliver(ChannelHandlerContext context) {
        armed = false;
        long now = clock.getAsLong();
        boolean some = false;
        while (!onTheWay.isEmpty() && onTheWay.element().arrivesAt <= now) {
            Piece piece = onTheWay.remove();
            heldBytes -= piece.bytes.readableBytes();
            var _ = context.write(piece.bytes, piece.promise);
            some = true;
        }
        if (some) {
            context.flush();
        }
        arm(context, now);
        setWritable(context);
    }

    private void setWritable(ChannelHandlerContext context) {
        boolean next = writable ? heldBytes < queueMax : heldBytes <= queueMax / 2;
        ChannelOutboundBuffer buffer = context.channel().unsafe().outboundBuffer();
        if (next != writable && buffer != null) {
            writable = next;
            buffer.setUserDefinedWritability(WRITABILITY_BIT, next);
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        context.fireChannelInactive();
        drop();
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext context) {
        drop();
    }

    private void drop() {
        ClosedChannelException closed = new ClosedChannelException();
        while (!onTheWay.isEmpty()) {
            Piece piece = onTheWay.remove();
            piece.bytes.release();
            if (!piece.promise.isVoid()) {
                piece.promise.tryFailure(closed);
            }
        }
        heldBytes = 0;
    }
}
