package dev.vls.control.load;

import java.io.FilterInputStream;
import java.io.IOException;
import java.net.Socket;
import jdk.net.ExtendedSocketOptions;

/**
 * What a socket receives, acknowledged as soon as it is read. Whoever carries the other side's
 * bytes may hold a small segment back until the one before is acknowledged (RFC 896), which the
 * kernel of a client that has nothing to say does after 40 ms.
 */
final class PromptInput extends FilterInputStream {
    private final Socket socket;

    PromptInput(Socket socket) throws IOException {
        super(socket.getInputStream());
        this.socket = socket;
    }

    @Override
    public int read() throws IOException {
        int read = super.read();
        acknowledge();
        return read;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
        int read = super.read(bytes, offset, length);
        acknowledge();
        return read;
    }

    /** The option says so for once. */
    private void acknowledge() throws IOException {
        socket.setOption(ExtendedSocketOptions.TCP_QUICKACK, true);
    }
}
