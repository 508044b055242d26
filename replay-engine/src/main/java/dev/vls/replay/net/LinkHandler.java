package dev.vls.replay.net;

import dev.vls.replay.pair.Link;
import dev.vls.replay.wire.Message;
import dev.vls.replay.wire.MessageDecoder;
import dev.vls.replay.wire.MessageEncoder;
import dev.vls.replay.wire.WireException;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.codec.TooLongFrameException;
import io.netty.handler.ssl.NotSslRecordException;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLException;

/** A connection: its frames to and from bytes. */
final class LinkHandler extends SimpleChannelInboundHandler<ByteBuf> implements Link {
    private static final ByteBuffer NONE = ByteBuffer.allocate(0);

    /** So long the other side may take to hear the last word, and to close. */
    static final long PARTING_MILLIS = 300;

    private final Channel channel;
    private final LinkEvents events;
    private final ChannelGroup parting;
    private final boolean secured;
    private boolean open;
    private boolean closed;

    /**
     * @param parting where it is while its last word is on the way
     * @param secured whether there is nothing to be said before both sides know each other
     */
    LinkHandler(Channel channel, LinkEvents events, ChannelGroup parting, boolean secured) {
        this.channel = channel;
        this.events = events;
        this.parting = parting;
        this.secured = secured;
    }

    @Override
    public void channelActive(ChannelHandlerContext context) {
        if (!secured) {
            open = true;
            events.connected(this);
        }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
        if (event instanceof SslHandshakeCompletionEvent done) {
            if (done.isSuccess()) {
                open = true;
                events.connected(this);
            } else {
                fail(done.cause());
            }
        }
    }

    /** The other side is not one that has the keys. */
    private void fail(Throwable cause) {
        closed = true;
        events.refused(peer(), why(cause));
        end();
    }

    private static String why(Throwable cause) {
        return switch (cause) {
            case NotSslRecordException plain -> "it speaks no TLS";
            case SSLException refused -> "one side does not take the other's certificate";
            case DecoderException around when around.getCause() != null -> why(around.getCause());
            default -> String.valueOf(cause.getMessage());
        };
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        if (!closed) {
            closed = true;
            if (open) {
                events.disconnected(this);
            } else {
                events.refused(peer(), "the connection ended before both sides knew each other");
            }
        }
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext context) {
        if (channel.isWritable() && !closed) {
            events.writable();
        }
    }

    @Override
    protected void channelRead0(ChannelHandlerContext context, ByteBuf frame) {
        if (closed) {
            return;
        }
        Message message;
        try {
            message = MessageDecoder.decode(frame.nioBuffer());
        } catch (WireException e) {
            malformed(e);
            return;
        }
        events.received(this, message);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        if (closed) {
            return;
        }
        if (!open) {
            fail(cause);
            return;
        }
        switch (cause) {
            case TooLongFrameException tooLong -> malformed(tooLong);
            case IOException lost -> end();
            default -> {
                malformed(cause);
                end();
            }
        }
    }

    private void end() {
        var _ = channel.close();
    }

    private void malformed(Throwable cause) {
        events.malformed(this, String.valueOf(cause.getMessage()));
    }

    @Override
    public void send(Message message) {
        if (closed) {
            return;
        }
        byte[] head = MessageEncoder.head(message);
        ByteBuffer content =
                message instanceof Message.Pages pages ? pages.content().bytes() : NONE;
        int length = head.length + content.remaining();
        ByteBuf frame = channel.alloc().buffer(Integer.BYTES + length);
        frame.writeIntLE(length).writeBytes(head).writeBytes(content.duplicate());
        // A connection that fails is told of as such.
        var _ = channel.writeAndFlush(frame, channel.voidPromise());
    }

    @Override
    public boolean isWritable() {
        return channel.isWritable() && !closed;
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            parting.add(channel);
            var _ =
                    channel.writeAndFlush(channel.alloc().buffer(0))
                            .addListener(written -> part(written.isSuccess()));
        }
    }

    /**
     * Says that nothing more comes, and reads on until the other side has closed: a connection that
     * is closed before all has been read is reset, and what was said last is lost with it.
     */
    private void part(boolean said) {
        SslHandler tls = channel.pipeline().get(SslHandler.class);
        if (said && tls != null) {
            var _ = tls.closeOutbound();
        }
        if (said && channel instanceof DuplexChannel duplex) {
            var _ = duplex.shutdownOutput();
            var _ = channel.eventLoop().schedule(this::end, PARTING_MILLIS, TimeUnit.MILLISECONDS);
        } else {
            end();
        }
    }

    @Override
    public String peer() {
        String address = String.valueOf(channel.remoteAddress());
        return address.substring(address.indexOf('/') + 1);
    }
}
