package dev.vls.xen.abi.event;

import dev.vls.xen.abi.XenStruct;

/**
 * Argument of {@code EVTCHNOP_bind_ipi}.
 *
 * <p>Source: {@code public/event_channel.h}, {@code struct evtchn_bind_ipi}.
 */
@XenStruct(type = "struct evtchn_bind_ipi", header = "event_channel.h")
public final class EvtchnBindIpi {
    private EvtchnBindIpi() {}

    /** {@code uint32_t}, 4 bytes: in. */
    public static final int VCPU = 0;

    /** {@code evtchn_port_t}, 4 bytes: out. */
    public static final int PORT = 4;

    /** Size of the whole structure in bytes. */
    public static final int SIZE = 8;
}
