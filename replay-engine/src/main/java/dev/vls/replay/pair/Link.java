package dev.vls.replay.pair;

import dev.vls.replay.wire.Message;

/** A connection to the other side: frames arrive in their order, each once, or not at all. */
public interface Link {
    /** Sends; what was sent may be lost with the connection. */
    void send(Message message);

    /** Whether little waits to be sent, so that more may be given. */
    boolean isWritable();

    /** Ends it behind what was sent; the protocol is told nothing more of it. */
    void close();

    /** Who the other side is, for people. */
    String peer();
}
