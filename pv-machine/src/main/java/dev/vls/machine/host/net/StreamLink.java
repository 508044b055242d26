package dev.vls.machine.host.net;

import dev.vls.machine.device.net.FrameOffload;
import java.io.IOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketException;
import java.net.StandardSocketOptions;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.channels.UnresolvedAddressException;
import java.nio.file.Files;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A cable to one peer that speaks the framing of QEMU's {@code -netdev stream}, such as passt: over
 * a Unix or TCP socket, as client or as server. Without peer there is no carrier; a client then
 * tries again and again, a server waits for the next one.
 */
public final class StreamLink implements NetworkLink {
    private static final int QUEUE_BYTES = 4 << 20;

    /** Of one write; the JDK keeps a buffer of this size for it. */
    private static final int WRITE_BYTES_MAX = 256 << 10;

    private static final long RETRY_MILLIS_MIN = 100;
    private static final long RETRY_MILLIS_MAX = 5_000;
    private static final byte[] NO_HEAD = {};

    private final StreamAddress address;
    private final @Nullable ServerSocketChannel server;
    private final FrameQueue queue = new FrameQueue(QUEUE_BYTES);
    private final Thread reader;
    private final Thread writer;
    private volatile @Nullable SocketChannel peer;
    private volatile boolean closed;
    private @Nullable LinkListener listener;

    private StreamLink(
            StreamAddress address,
            @Nullable ServerSocketChannel server,
            @Nullable SocketChannel peer,
            String name) {
        this.address = address;
        this.server = server;
        this.peer = peer;
        reader = new Thread(this::receive, name + "-receive");
        writer = new Thread(this::transmit, name + "-transmit");
        reader.setDaemon(true);
        writer.setDaemon(true);
    }

    /**
     * Connects to a peer that listens.
     *
     * @param name of the link, for its threads
     * @throws LinkException if nobody does
     */
    public static StreamLink connect(StreamAddress address, String name) {
        try {
            return new StreamLink(address, null, open(address), name);
        } catch (IOException | UnresolvedAddressException e) {
            throw new LinkException(
                    true,
                    "socket %s: nobody to connect to (%s): start the peer first, or add ',listen'"
                            .formatted(address.text(), reason(e)),
                    e);
        }
    }

    /**
     * Listens for a peer. A Unix socket that nobody listens on any more is replaced.
     *
     * @throws LinkException if that is not possible
     */
    public static StreamLink listen(StreamAddress address, String name) {
        try {
            removeStale(address);
            ServerSocketChannel server =
                    address.isUnix()
                            ? ServerSocketChannel.open(address.family())
                            : ServerSocketChannel.open();
            try {
                server.bind(address.resolve(), 1);
            } catch (IOException | RuntimeException e) {
                server.close();
                throw e;
            }
            return new StreamLink(address, server, null, name);
        } catch (IOException | UnresolvedAddressException e) {
            throw new LinkException(
                    false,
                    "socket %s: cannot listen (%s): choose another address"
                            .formatted(address.text(), reason(e)),
                    e);
        }
    }

    /** Deletes the socket file of a server that is gone. */
    private static void removeStale(StreamAddress address) throws IOException {
        if (!address.isUnix() || !Files.exists(address.path())) {
            return;
        }
        if (!Files.readAttributes(address.path(), BasicFileAttributes.class).isOther()) {
            throw new IOException("the file exists and is no socket");
        }
        try {
            open(address).close();
        } catch (ConnectException nobody) {
            Files.delete(address.path());
            return;
        }
        throw new IOException("somebody listens there already");
    }

    private static SocketChannel open(StreamAddress address) throws IOException {
        SocketChannel channel =
                address.isUnix() ? SocketChannel.open(address.family()) : SocketChannel.open();
        try {
            channel.connect(address.resolve());
            tune(channel, address);
            return channel;
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    private static void tune(SocketChannel channel, StreamAddress address) throws IOException {
        if (!address.isUnix()) {
            channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
        }
    }

    private static String reason(Exception e) {
        if (e instanceof UnresolvedAddressException || e instanceof UnknownHostException) {
            return "unknown host";
        }
        if (e instanceof NoRouteToHostException || e.getMessage() == null) {
            return "no route";
        }
        return e.getMessage();
    }

    @Override
    public void start(LinkListener to) {
        listener = to;
        reader.start();
        writer.start();
    }

    @Override
    public boolean takesOffloads() {
        return false;
    }

    @Override
    public void send(byte[] bytes, int offset, int length, FrameOffload offload) {
        if (peer != null) {
            queue.put(NO_HEAD, 0, bytes, offset, length);
        }
    }

    private LinkListener listener() {
        LinkListener told = listener;
        if (told == null) {
            throw new IllegalStateException("not started");
        }
        return told;
    }

    private void receive() {
        SocketChannel channel = peer;
        listener().carrier(channel != null);
        try {
            while (!closed) {
                if (channel == null) {
                    channel = nextPeer();
                    peer = channel;
                    listener().carrier(true);
                    listener().remark("socket %s: connected".formatted(address.text()));
                }
                String end = receiveFrom(channel);
                peer = null;
                channel.close();
                channel = null;
                if (!closed) {
                    listener().carrier(false);
                    listener()
                            .remark(
                                    "socket %s: the peer is gone (%s): waiting for it to come back"
                                            .formatted(address.text(), end));
                }
            }
        } catch (IOException | InterruptedException e) {
            if (!closed) {
                listener()
                        .remark(
                                "socket %s: cannot accept connections any more (%s)"
                                        .formatted(address.text(), e.getMessage()));
            }
        }
    }

    private SocketChannel nextPeer() throws IOException, InterruptedException {
        if (server != null) {
            SocketChannel channel = server.accept();
            tune(channel, address);
            return channel;
        }
        long pause = RETRY_MILLIS_MIN;
        while (true) {
            TimeUnit.MILLISECONDS.sleep(pause);
            pause = Math.min(pause * 2, RETRY_MILLIS_MAX);
            try {
                return open(address);
            } catch (SocketException | UnresolvedAddressException notYet) {
                // The operator was told when the peer went away.
            }
        }
    }

    /** Hands on frames until the connection ends; answers how it did. */
    private String receiveFrom(SocketChannel channel) {
        StreamFrames frames = new StreamFrames(channel);
        try {
            for (byte[] frame = frames.next(); frame != null; frame = frames.next()) {
                listener().received(frame, FrameOffload.NONE);
            }
            return "it closed the connection";
        } catch (ClosedChannelException e) {
            return "the connection broke";
        } catch (IOException e) {
            return String.valueOf(e.getMessage());
        }
    }

    private void transmit() {
        ByteBuffer bytes = ByteBuffer.wrap(queue.ring());
        while (!closed) {
            queue.awaitFrame();
            SocketChannel channel = peer;
            long end = queue.produced();
            if (channel != null) {
                try {
                    writeAll(channel, bytes, end);
                } catch (IOException e) {
                    // The reader sees the end of the connection as well, and does what is to do.
                    closeQuietly(channel);
                }
            }
            // What a peer did not get another one has no use for.
            queue.consume(end);
        }
    }

    private void writeAll(SocketChannel channel, ByteBuffer bytes, long end) throws IOException {
        for (long at = queue.consumed(); at < end; at = queue.consumed()) {
            int from = queue.index(at);
            long chunk = Math.min(Math.min(end - at, WRITE_BYTES_MAX), bytes.capacity() - from);
            bytes.clear().position(from).limit(from + (int) chunk);
            int count = channel.write(bytes);
            queue.consume(at + count);
        }
    }

    private static void closeQuietly(AutoCloseable channel) {
        try {
            channel.close();
        } catch (Exception e) {
            // It is of no more use either way.
        }
    }

    @Override
    public void close() {
        closed = true;
        SocketChannel channel = peer;
        if (channel != null) {
            closeQuietly(channel);
        }
        if (server != null) {
            closeQuietly(server);
            if (address.isUnix()) {
                address.path().toFile().delete();
            }
        }
        reader.interrupt();
        writer.interrupt();
    }
}
