package dev.vls.machine.host.net;

import dev.vls.machine.device.net.PacketHeaders;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import org.jspecify.annotations.Nullable;

/**
 * Cuts what comes from a stream into frames: each follows its length, 32 bits big-endian, which is
 * what {@code -netdev stream} of QEMU and passt send. The bytes are a stranger's.
 */
final class StreamFrames {
    /** An IP packet of the largest size in an Ethernet frame with a VLAN tag. */
    static final int FRAME_BYTES_MAX = 65535 + PacketHeaders.ETHERNET_BYTES + 4;

    private final ReadableByteChannel channel;
    private final ByteBuffer buffer = ByteBuffer.allocateDirect(256 * 1024).flip();

    StreamFrames(ReadableByteChannel channel) {
        this.channel = channel;
    }

    /** The peer sends something else. */
    static final class GarbageException extends IOException {
        private static final long serialVersionUID = 1;

        GarbageException(int length) {
            super(
                    "what it sends are no frames: one of %s bytes"
                            .formatted(Integer.toUnsignedString(length)));
        }
    }

    /**
     * The next frame; those too short for Ethernet are passed over.
     *
     * @return null if the peer closed the connection between two frames
     * @throws EOFException if it did within one
     */
    byte @Nullable [] next() throws IOException {
        while (true) {
            if (!fill(FrameQueue.LENGTH_BYTES)) {
                if (buffer.hasRemaining()) {
                    throw new EOFException("closed within a frame");
                }
                return null;
            }
            int length = buffer.getInt();
            if (Integer.compareUnsigned(length, FRAME_BYTES_MAX) > 0) {
                throw new GarbageException(length);
            }
            if (!fill(length)) {
                throw new EOFException("closed within a frame");
            }
            if (length < PacketHeaders.ETHERNET_BYTES) {
                buffer.position(buffer.position() + length);
            } else {
                byte[] frame = new byte[length];
                buffer.get(frame);
                return frame;
            }
        }
    }

    /** Reads until so many bytes are there; false at the end of the stream. */
    private boolean fill(int bytes) throws IOException {
        while (buffer.remaining() < bytes) {
            buffer.compact();
            int count = channel.read(buffer);
            buffer.flip();
            if (count < 0) {
                return false;
            }
        }
        return true;
    }
}
