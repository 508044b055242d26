package dev.vls.machine.host.net;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;

/** The other side of a stream link, written with the JDK's data streams. */
final class StreamPeer implements AutoCloseable {
    final SocketChannel channel;
    final DataOutputStream out;
    final DataInputStream in;

    StreamPeer(SocketChannel channel) {
        this.channel = channel;
        out = new DataOutputStream(Channels.newOutputStream(channel));
        in = new DataInputStream(Channels.newInputStream(channel));
    }

    static StreamPeer connect(Path socket) throws IOException {
        return new StreamPeer(SocketChannel.open(UnixDomainSocketAddress.of(socket)));
    }

    void send(byte[] frame) throws IOException {
        byte[] both = ByteBuffer.allocate(4 + frame.length).putInt(frame.length).put(frame).array();
        out.write(both);
        out.flush();
    }

    byte[] receive() throws IOException {
        byte[] frame = new byte[in.readInt()];
        in.readFully(frame);
        return frame;
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
