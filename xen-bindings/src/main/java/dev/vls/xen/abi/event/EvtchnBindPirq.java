package dev.vls.xen.abi.event;

import dev.vls.xen.abi.XenConstant;
import dev.vls.xen.abi.XenStruct;

/**
 * Argument of {@code EVTCHNOP_bind_pirq}.
 *
 * <p>Source: {@code public/event_channel.h}, {@code struct evtchn_bind_pirq}.
 */
@XenStruct(type = "struct evtchn_bind_pirq", header = "event_channel.h")
public final class EvtchnBindPirq {
    private EvtchnBindPirq() {}

    /** {@code uint32_t}, 4 bytes: in. */
    public static final int PIRQ = 0;

    /** {@code uint32_t}, 4 bytes: in. */
    public static final int FLAGS = 4;

    /** {@code evtchn_port_t}, 4 bytes: out. */
    public static final int PORT = 8;

    /** Size of the whole structure in bytes. */
    public static final int SIZE = 12;

    /** In {@link #FLAGS}. */
    @XenConstant("BIND_PIRQ__WILL_SHARE")
    public static final int FLAG_WILL_SHARE = 1;
}
