package dev.vls.xen.abi.event;

import dev.vls.xen.abi.XenStruct;

/**
 * Argument of {@code EVTCHNOP_unmask}.
 *
 * <p>Source: {@code public/event_channel.h}, {@code struct evtchn_unmask}.
 */
@XenStruct(type = "struct evtchn_unmask", header = "event_channel.h")
public final class EvtchnUnmask {
    private EvtchnUnmask() {}

    /** {@code evtchn_port_t}, 4 bytes. */
    public static final int PORT = 0;

    /** Size of the whole structure in bytes. */
    public static final int SIZE = 4;
}
