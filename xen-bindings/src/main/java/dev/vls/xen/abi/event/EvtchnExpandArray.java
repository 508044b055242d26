package dev.vls.xen.abi.event;

import dev.vls.xen.abi.XenStruct;

/**
 * Argument of {@code EVTCHNOP_expand_array}: one more page of event words.
 *
 * <p>Source: {@code public/event_channel.h}, {@code struct evtchn_expand_array}.
 */
@XenStruct(type = "struct evtchn_expand_array", header = "event_channel.h")
public final class EvtchnExpandArray {
    private EvtchnExpandArray() {}

    /** {@code uint64_t}, 8 bytes. */
    public static final int ARRAY_GFN = 0;

    /** Size of the whole structure in bytes. */
    public static final int SIZE = 8;
}
