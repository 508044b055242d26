package dev.vls.xen.abi.event;

import dev.vls.xen.abi.XenStruct;

/**
 * Argument of {@code EVTCHNOP_init_control}: a vCPU hands over its FIFO control block.
 *
 * <p>Source: {@code public/event_channel.h}, {@code struct evtchn_init_control}.
 */
@XenStruct(type = "struct evtchn_init_control", header = "event_channel.h")
public final class EvtchnInitControl {
    private EvtchnInitControl() {}

    /** {@code uint64_t}, 8 bytes: in. */
    public static final int CONTROL_GFN = 0;

    /** {@code uint32_t}, 4 bytes: in: bytes into the page. */
    public static final int OFFSET = 8;

    /** {@code uint32_t}, 4 bytes: in. */
    public static final int VCPU = 12;

    /** {@code uint8_t}, 1 byte: out: bits of the link field. */
    public static final int LINK_BITS = 16;

    /** Size of the whole structure in bytes. */
    public static final int SIZE = 24;
}
