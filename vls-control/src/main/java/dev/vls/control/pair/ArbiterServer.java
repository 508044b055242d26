package dev.vls.control.pair;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import org.apache.zookeeper.server.NIOServerCnxnFactory;
import org.apache.zookeeper.server.ZooKeeperServer;

/** A ZooKeeper server of one machine, in this process. What it has acknowledged is on the disk. */
public final class ArbiterServer implements AutoCloseable {
    private static final int TICK_MILLIS = 2000;
    private static final int CONNECTIONS_MAX = 256;

    /** A register is a few lines: a log of 64 MiB, which is the default, would be empty. */
    private static final String LOG_KILOBYTES = "256";

    private final NIOServerCnxnFactory connections;
    private final ZooKeeperServer server;

    private ArbiterServer(NIOServerCnxnFactory connections, ZooKeeperServer server) {
        this.connections = connections;
        this.server = server;
    }

    /**
     * Starts one.
     *
     * @param data a directory of its own, made if it is not there
     * @throws IOException if it cannot listen, or use the directory
     */
    public static ArbiterServer start(InetSocketAddress listen, Path data)
            throws IOException, InterruptedException {
        ZooKeeperLog.keepQuiet();
        System.setProperty("zookeeper.preAllocSize", LOG_KILOBYTES);
        NIOServerCnxnFactory connections = new NIOServerCnxnFactory();
        connections.configure(listen, CONNECTIONS_MAX);
        try {
            ZooKeeperServer server = new ZooKeeperServer(data.toFile(), data.toFile(), TICK_MILLIS);
            connections.startup(server);
            return new ArbiterServer(connections, server);
        } catch (IOException | RuntimeException | InterruptedException e) {
            connections.shutdown();
            throw e;
        }
    }

    /** Where it listens, the port chosen if it was 0. */
    public int port() {
        return connections.getLocalPort();
    }

    /** Waits until it ends. */
    public void await() throws InterruptedException {
        connections.join();
    }

    @Override
    public void close() {
        connections.shutdown();
        server.shutdown();
    }
}
