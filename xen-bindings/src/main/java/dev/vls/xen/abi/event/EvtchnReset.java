package dev.vls.xen.abi.event;

import dev.vls.xen.abi.XenStruct;

/**
 * Argument of {@code EVTCHNOP_reset}: close all ports of a domain.
 *
 * <p>Source: {@code public/event_channel.h}, {@code struct evtchn_reset}.
 */
@XenStruct(type = "struct evtchn_reset", header = "event_channel.h")
public final class EvtchnReset {
    private EvtchnReset() {}

    /** {@code domid_t}, 2 bytes. */
    public static final int DOM = 0;

    /** Size of the whole structure in bytes. */
    public static final int SIZE = 2;
}
