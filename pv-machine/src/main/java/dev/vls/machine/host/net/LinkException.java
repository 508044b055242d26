package dev.vls.machine.host.net;

/** A link that cannot be made: what, why, and what to do, in one line. */
public final class LinkException extends RuntimeException {
    private static final long serialVersionUID = 1;

    /** Whether it is a peer that does not answer, and not something of this host. */
    private final boolean peerUnreachable;

    LinkException(boolean peerUnreachable, String message, Throwable cause) {
        super(message, cause);
        this.peerUnreachable = peerUnreachable;
    }

    LinkException(String message) {
        super(message);
        this.peerUnreachable = false;
    }

    /** Whether it is a peer that does not answer, and not something of this host. */
    public boolean isPeerUnreachable() {
        return peerUnreachable;
    }
}
