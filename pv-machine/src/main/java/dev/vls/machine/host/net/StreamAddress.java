package dev.vls.machine.host.net;

import java.net.InetSocketAddress;
import java.net.ProtocolFamily;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Path;

/**
 * Where the peer of a stream socket is: {@code HOST:PORT}, or the path of a Unix socket.
 *
 * @param text as the operator wrote it
 * @param isUnix whether it is a path
 */
public record StreamAddress(String text, boolean isUnix) {
    private static final int PORT_MAX = 65535;

    /**
     * Reads an address. What ends in a colon and a number and has no slash is a host and port.
     *
     * @throws IllegalArgumentException if it is neither
     */
    public static StreamAddress of(String text) {
        int colon = text.lastIndexOf(':');
        boolean unix = text.indexOf('/') >= 0 || !text.substring(colon + 1).matches("[0-9]{1,5}");
        if (unix) {
            if (text.isEmpty()) {
                throw new IllegalArgumentException("a path is missing");
            }
            // sockaddr_un has room for 108 bytes with the 0 at the end.
            UnixDomainSocketAddress.of(Path.of(text));
        } else if (colon < 1 || Integer.parseInt(text.substring(colon + 1)) > PORT_MAX) {
            throw new IllegalArgumentException("'" + text + "' is neither a path nor HOST:PORT");
        }
        return new StreamAddress(text, unix);
    }

    ProtocolFamily family() {
        return isUnix ? StandardProtocolFamily.UNIX : StandardProtocolFamily.INET;
    }

    Path path() {
        return Path.of(text);
    }

    /** Looks up the host's name. */
    SocketAddress resolve() {
        if (isUnix) {
            return UnixDomainSocketAddress.of(path());
        }
        int colon = text.lastIndexOf(':');
        String host = text.substring(0, colon);
        if (host.startsWith("[") && host.endsWith("]")) {
            host = host.substring(1, host.length() - 1);
        }
        return new InetSocketAddress(host, Integer.parseInt(text.substring(colon + 1)));
    }
}
