package dev.vls.xen.abi.event;

import dev.vls.xen.abi.XenStruct;

/**
 * Argument of {@code EVTCHNOP_bind_virq}.
 *
 * <p>Source: {@code public/event_channel.h}, {@code struct evtchn_bind_virq}.
 */
@XenStruct(type = "struct evtchn_bind_virq", header = "event_channel.h")
public final class EvtchnBindVirq {
    private EvtchnBindVirq() {}

    /** {@code uint32_t}, 4 bytes: in. */
    public static final int VIRQ = 0;

    /** {@code uint32_t}, 4 bytes: in. */
    public static final int VCPU = 4;

    /** {@code evtchn_port_t}, 4 bytes: out. */
    public static final int PORT = 8;

    /** Size of the whole structure in bytes. */
    public static final int SIZE = 12;
}
