package dev.vls.control.pair;

import dev.vls.replay.net.LinkEvents;
import dev.vls.replay.pair.Link;
import dev.vls.replay.wire.Message;
import org.jspecify.annotations.Nullable;

/** Listens where a leader will be, once this side leads; before that all are refused. */
public final class ListenLater implements LinkEvents {
    private @Nullable LinkEvents leader;

    /** This side leads. On the thread of the connections. */
    public void lead(LinkEvents events) {
        leader = events;
    }

    @Override
    public void connected(Link link) {
        LinkEvents to = leader;
        if (to != null) {
            to.connected(link);
        } else {
            link.send(
                    new Message.Refuse(
                            Message.Refusal.NOT_LEADER, "this is a follower, not yet a leader"));
            link.close();
        }
    }

    @Override
    public void refused(String peer, String why) {
        LinkEvents to = leader;
        if (to != null) {
            to.refused(peer, why);
        }
    }

    @Override
    public void received(Link link, Message message) {
        LinkEvents to = leader;
        if (to != null) {
            to.received(link, message);
        }
    }

    @Override
    public void malformed(Link link, String what) {
        LinkEvents to = leader;
        if (to != null) {
            to.malformed(link, what);
        }
    }

    @Override
    public void writable() {
        LinkEvents to = leader;
        if (to != null) {
            to.writable();
        }
    }

    @Override
    public void disconnected(Link link) {
        LinkEvents to = leader;
        if (to != null) {
            to.disconnected(link);
        }
    }
}
