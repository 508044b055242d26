package dev.vls.machine.xenstore;

/**
 * A request and the events that it caused at others: it counts against its sender until the answer
 * and all of those events have been taken.
 */
final class OutstandingRequest {
    /** Distinguishes it in a snapshot. */
    final long serial;

    /** Who sent it. */
    final int domid;

    /** Events that are not taken yet. */
    int events;

    /** Its reply is taken, and its sender is still there to be held to account. */
    boolean awaitsEvents;

    OutstandingRequest(long serial, int domid) {
        this.serial = serial;
        this.domid = domid;
    }
}
