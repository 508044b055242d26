package dev.vls.machine.hypervisor;

import dev.vls.machine.state.StateFields;

/**
 * A device's end of an event channel that the guest offered to domain 0. The guest may close its
 * end at any time and use the port for something else: events then go nowhere.
 */
public final class BackendChannel {
    private static final int CLOSED = 0;

    private final EventChannels events;
    private final Runnable onEvent;
    private int guestPort;
    private int ownPort = CLOSED;

    /**
     * @param onEvent what to do when the guest sends; runs in the middle of its hypercall
     */
    public BackendChannel(EventChannels events, Runnable onEvent) {
        this.events = events;
        this.onEvent = onEvent;
        events.addBackend(onEvent);
    }

    /**
     * Takes the other end of a port, as EVTCHNOP_bind_interdomain. What the guest sent before is
     * lost, so look at what it may have been about.
     *
     * @param port any number that a guest may name
     * @return false if the guest has not offered that port to domain 0
     */
    public boolean bind(int port) {
        close();
        int bound = events.bindBackend(port, onEvent);
        if (bound < 0) {
            return false;
        }
        guestPort = port;
        ownPort = bound;
        return true;
    }

    /** Sends an event to the guest, if its end is still there. */
    public void notifyGuest() {
        if (ownPort != CLOSED && events.peerOfBackend(guestPort, ownPort) != null) {
            events.notifyGuest(guestPort);
        }
    }

    /** Gives the port back to the guest, unbound. */
    public void close() {
        if (ownPort != CLOSED) {
            events.closeBackend(guestPort, ownPort);
            ownPort = CLOSED;
        }
    }

    /** The ends' ports; the guest's end is part of the event channels. */
    public void state(StateFields s) {
        guestPort = s.int32("guestPort", guestPort);
        ownPort = s.int32("ownPort", ownPort);
    }
}
