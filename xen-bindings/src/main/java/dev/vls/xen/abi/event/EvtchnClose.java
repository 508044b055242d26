package dev.vls.xen.abi.event;

import dev.vls.xen.abi.XenStruct;

/**
 * Argument of {@code EVTCHNOP_close}.
 *
 * <p>Source: {@code public/event_channel.h}, {@code struct evtchn_close}.
 */
@XenStruct(type = "struct evtchn_close", header = "event_channel.h")
public final class EvtchnClose {
    private EvtchnClose() {}

    /** {@code evtchn_port_t}, 4 bytes. */
    public static final int PORT = 0;

    /** Size of the whole structure in bytes. */
    public static final int SIZE = 4;
}
