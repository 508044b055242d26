package dev.vls.xen.abi.event;

import dev.vls.xen.abi.XenStruct;

/**
 * Argument of {@code EVTCHNOP_bind_interdomain}.
 *
 * <p>Source: {@code public/event_channel.h}, {@code struct evtchn_bind_interdomain}.
 */
@XenStruct(type = "struct evtchn_bind_interdomain", header = "event_channel.h")
public final class EvtchnBindInterdomain {
    private EvtchnBindInterdomain() {}

    /** {@code domid_t}, 2 bytes: in. */
    public static final int REMOTE_DOM = 0;

    /** {@code evtchn_port_t}, 4 bytes: in. */
    public static final int REMOTE_PORT = 4;

    /** {@code evtchn_port_t}, 4 bytes: out. */
    public static final int LOCAL_PORT = 8;

    /** Size of the whole structure in bytes. */
    public static final int SIZE = 12;
}
