package dev.vls.control;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/** A link between a follower and its leader that a test can cut, and whose frames it can change. */
final class FrameProxy implements AutoCloseable {
    private final ServerSocket between;
    private final Consumer<byte[]> changes;
    private final List<Socket> ends = new CopyOnWriteArrayList<>();

    private FrameProxy(ServerSocket between, Consumer<byte[]> changes) {
        this.between = between;
        this.changes = changes;
    }

    /**
     * Takes one follower, for the leader of an address.
     *
     * @param changes given each frame of both sides, without its length, before it goes on
     */
    static FrameProxy to(String leader, Consumer<byte[]> changes) throws IOException {
        FrameProxy proxy =
                new FrameProxy(new ServerSocket(0, 1, InetAddress.getLoopbackAddress()), changes);
        int port = Integer.parseInt(leader.substring(leader.lastIndexOf(':') + 1));
        Thread.ofPlatform().daemon().start(() -> proxy.carry(port));
        return proxy;
    }

    /** Where the follower is to go. */
    String address() {
        return "127.0.0.1:" + between.getLocalPort();
    }

    private void carry(int leaderPort) {
        try {
            Socket follower = between.accept();
            ends.add(follower);
            Socket leader = new Socket(InetAddress.getLoopbackAddress(), leaderPort);
            ends.add(leader);
            Thread.ofPlatform().daemon().start(() -> pass(follower, leader));
            pass(leader, follower);
        } catch (IOException e) {
            cut();
        }
    }

    private void pass(Socket from, Socket to) {
        try (from;
                to) {
            DataInputStream in = new DataInputStream(from.getInputStream());
            OutputStream out = to.getOutputStream();
            while (true) {
                byte[] frame = new byte[Integer.reverseBytes(in.readInt())];
                in.readFully(frame);
                changes.accept(frame);
                ByteBuffer whole =
                        ByteBuffer.allocate(Integer.BYTES + frame.length)
                                .order(ByteOrder.LITTLE_ENDIAN)
                                .putInt(frame.length)
                                .put(frame);
                out.write(whole.array());
            }
        } catch (IOException ended) {
            cut();
        }
    }

    @Override
    public void close() {
        cut();
    }

    /** Both sides find their connection closed. */
    void cut() {
        try {
            between.close();
            for (Socket end : ends) {
                end.close();
            }
        } catch (IOException e) {
            throw new IllegalStateException("closing a socket", e);
        }
    }
}
