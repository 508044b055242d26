package dev.vls.replay.net;

import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.RecvByteBufAllocator;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.ssl.SslContext;
import io.netty.util.concurrent.GlobalEventExecutor;
import io.netty.util.internal.logging.InternalLoggerFactory;
import io.netty.util.internal.logging.JdkLoggerFactory;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The one thread that a protocol runs on, with its connections and its timer. Whatever may be done
 * with a protocol is done by {@link #execute}.
 */
public final class WireLoop implements AutoCloseable {
    private static final int CONNECT_MILLIS = 3000;

    /**
     * Between these much waits to be sent, and little. What is urgent is sent behind it, so it is
     * no more than some frames: the host's own buffer keeps the link busy.
     */
    private static final WriteBufferWaterMark WATER_MARKS =
            new WriteBufferWaterMark(128 << 10, 512 << 10);

    /** Bytes that are read at once, as many as came before: little at first, much of memory. */
    private static final int READ_MIN = 2048;

    private static final int READ_MAX = 512 << 10;

    private static final long CLOSE_MILLIS = 500;
    private static final long ANSWER_SECONDS = 2;

    static {
        // Not what it finds on the class path: its remarks are nothing for users.
        InternalLoggerFactory.setDefaultFactory(JdkLoggerFactory.INSTANCE);
    }

    private final EventLoopGroup group;
    private final ChannelGroup parting = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE);
    private final @Nullable PairKeys keys;
    private final LinkModel model;
    private final @Nullable ScheduledExecutorService modelTimer;

    /**
     * @param name of the thread
     * @param keys by which both sides know each other; null for connections without encryption
     * @param model of the link that is to be imitated
     */
    public WireLoop(String name, @Nullable PairKeys keys, LinkModel model) {
        this.keys = keys;
        this.model = model;
        // A timer of its own: that of the loop counts milliseconds.
        modelTimer =
                model.isNone()
                        ? null
                        : Executors.newSingleThreadScheduledExecutor(
                                Thread.ofPlatform().daemon().name(name + "-model").factory());
        group =
                new MultiThreadIoEventLoopGroup(
                        1,
                        work -> {
                            Thread thread = new Thread(work, name);
                            thread.setDaemon(true);
                            return thread;
                        },
                        NioIoHandler.newFactory());
    }

    /** Has something done on the loop's thread; from any thread. */
    public void execute(Runnable work) {
        if (!group.isShuttingDown()) {
            group.execute(work);
        }
    }

    /** Something that the loop's thread sees; null if it does not get to it for two seconds. */
    public <T> @Nullable T ask(Supplier<? extends @Nullable T> look) {
        CompletableFuture<@Nullable T> answer = new CompletableFuture<>();
        execute(() -> answer.complete(look.get()));
        try {
            return answer.get(ANSWER_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return null;
        } catch (ExecutionException | TimeoutException e) {
            return null;
        }
    }

    /** Has something done again and again. */
    public void every(long nanoseconds, Runnable work) {
        var _ = group.scheduleAtFixedRate(work, nanoseconds, nanoseconds, TimeUnit.NANOSECONDS);
    }

    /**
     * Listens; who connects is told to the events.
     *
     * @return where it listens, the port chosen if it was 0
     * @throws IOException if that is not possible
     */
    public InetSocketAddress listen(InetSocketAddress address, LinkEvents events)
            throws IOException {
        ChannelFuture bound =
                new ServerBootstrap()
                        .group(group)
                        .channel(NioServerSocketChannel.class)
                        .option(ChannelOption.SO_REUSEADDR, true)
                        .childOption(ChannelOption.TCP_NODELAY, true)
                        .childOption(ChannelOption.WRITE_BUFFER_WATER_MARK, WATER_MARKS)
                        .childOption(ChannelOption.RECVBUF_ALLOCATOR, readSizes())
                        .childHandler(pipeline(events, keys == null ? null : keys.server()))
                        .bind(address)
                        .awaitUninterruptibly();
        if (!bound.isSuccess()) {
            throw new IOException(bound.cause().getMessage(), bound.cause());
        }
        return (InetSocketAddress) bound.channel().localAddress();
    }

    /**
     * Connects.
     *
     * @param failed told why if that is not possible, on the loop's thread
     */
    public void connect(InetSocketAddress address, LinkEvents events, Consumer<String> failed) {
        new Bootstrap()
                .group(group)
                .channel(NioSocketChannel.class)
                .option(ChannelOption.TCP_NODELAY, true)
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, CONNECT_MILLIS)
                .option(ChannelOption.WRITE_BUFFER_WATER_MARK, WATER_MARKS)
                .option(ChannelOption.RECVBUF_ALLOCATOR, readSizes())
                .handler(pipeline(events, keys == null ? null : keys.client()))
                .connect(address)
                .addListener(
                        done -> {
                            if (!done.isSuccess()) {
                                failed.accept(String.valueOf(done.cause().getMessage()));
                            }
                        });
    }

    private static RecvByteBufAllocator readSizes() {
        return new AdaptiveRecvByteBufAllocator(READ_MIN, READ_MIN, READ_MAX);
    }

    private ChannelInitializer<Channel> pipeline(LinkEvents events, @Nullable SslContext tls) {
        return new ChannelInitializer<>() {
            @Override
            protected void initChannel(Channel channel) {
                ScheduledExecutorService timer = modelTimer;
                if (timer != null) {
                    channel.pipeline()
                            .addLast(
                                    new ModelledLink(
                                            model,
                                            System::nanoTime,
                                            (nanos, work) -> {
                                                var _ =
                                                        timer.schedule(
                                                                work, nanos, TimeUnit.NANOSECONDS);
                                            }));
                }
                if (tls != null) {
                    channel.pipeline().addLast(tls.newHandler(channel.alloc()));
                }
                channel.pipeline()
                        .addLast(new FrameAssembler())
                        .addLast(new LinkHandler(channel, events, parting, tls != null));
            }
        };
    }

    /** Ends all connections, those that are closed already behind what they said last. */
    @Override
    public void close() {
        group.submit(() -> {}).awaitUninterruptibly(CLOSE_MILLIS);
        parting.newCloseFuture().awaitUninterruptibly(2 * LinkHandler.PARTING_MILLIS);
        group.shutdownGracefully(0, CLOSE_MILLIS, TimeUnit.MILLISECONDS)
                .awaitUninterruptibly(2 * CLOSE_MILLIS);
        if (modelTimer != null) {
            modelTimer.shutdownNow();
        }
    }
}
