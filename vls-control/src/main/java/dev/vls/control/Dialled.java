package dev.vls.control;

import dev.vls.replay.net.LinkEvents;
import dev.vls.replay.pair.Link;
import dev.vls.replay.wire.Message;
import java.util.function.Consumer;

/** A connection that this side has made, told to a leader as those that others made. */
record Dialled(LinkEvents leader, Consumer<Link> connectedTo, Consumer<String> failed)
        implements LinkEvents {
    @Override
    public void connected(Link link) {
        leader.connected(link);
        connectedTo.accept(link);
    }

    @Override
    public void refused(String peer, String why) {
        failed.accept(why + ": give both sides the same --keys");
    }

    @Override
    public void received(Link link, Message message) {
        leader.received(link, message);
    }

    @Override
    public void malformed(Link link, String what) {
        leader.malformed(link, what);
    }

    @Override
    public void writable() {
        leader.writable();
    }

    @Override
    public void disconnected(Link link) {
        leader.disconnected(link);
    }
}
