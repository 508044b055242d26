package dev.vls.xen.abi.event;

import dev.vls.xen.abi.XenStruct;

/**
 * Argument of {@code EVTCHNOP_set_priority}.
 *
 * <p>Source: {@code public/event_channel.h}, {@code struct evtchn_set_priority}.
 */
@XenStruct(type = "struct evtchn_set_priority", header = "event_channel.h")
public final class EvtchnSetPriority {
    private EvtchnSetPriority() {}

    /** {@code evtchn_port_t}, 4 bytes. */
    public static final int PORT = 0;

    /** {@code uint32_t}, 4 bytes: 0 is the highest, 15 the lowest. */
    public static final int PRIORITY = 4;

    /** Size of the whole structure in bytes. */
    public static final int SIZE = 8;
}
