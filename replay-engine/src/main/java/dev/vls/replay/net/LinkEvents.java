package dev.vls.replay.net;

import dev.vls.replay.pair.Link;
import dev.vls.replay.wire.Message;

/** Told of what happens to connections, on the thread of their {@link WireLoop}. */
public interface LinkEvents {
    void connected(Link link);

    /** There will be no connection: the other side has not the same keys, or speaks no TLS. */
    void refused(String peer, String why);

    void received(Link link, Message message);

    /** What has arrived is not of the protocol; the connection is of no more use. */
    void malformed(Link link, String what);

    /** There is room to send more. */
    void writable();

    void disconnected(Link link);
}
