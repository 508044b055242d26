package dev.vls.xen.abi.event;

import dev.vls.xen.abi.XenStruct;

/**
 * Argument of {@code EVTCHNOP_alloc_unbound}.
 *
 * <p>Source: {@code public/event_channel.h}, {@code struct evtchn_alloc_unbound}.
 */
@XenStruct(type = "struct evtchn_alloc_unbound", header = "event_channel.h")
public final class EvtchnAllocUnbound {
    private EvtchnAllocUnbound() {}

    /** {@code domid_t}, 2 bytes: in: the domain that gets the port. */
    public static final int DOM = 0;

    /** {@code domid_t}, 2 bytes: in: the domain that may bind to it. */
    public static final int REMOTE_DOM = 2;

    /** {@code evtchn_port_t}, 4 bytes: out. */
    public static final int PORT = 4;

    /** Size of the whole structure in bytes. */
    public static final int SIZE = 8;
}
