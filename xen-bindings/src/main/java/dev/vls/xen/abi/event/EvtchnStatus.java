package dev.vls.xen.abi.event;

import dev.vls.xen.abi.XenMember;
import dev.vls.xen.abi.XenStruct;

/**
 * Argument of {@code EVTCHNOP_status}.
 *
 * <p>Source: {@code public/event_channel.h}, {@code struct evtchn_status}.
 */
@XenStruct(type = "struct evtchn_status", header = "event_channel.h")
public final class EvtchnStatus {
    private EvtchnStatus() {}

    /** {@code domid_t}, 2 bytes: in. */
    public static final int DOM = 0;

    /** {@code evtchn_port_t}, 4 bytes: in. */
    public static final int PORT = 4;

    /** {@code uint32_t}, 4 bytes: out: {@link EventChannelStatus}. */
    public static final int STATUS = 8;

    /** {@code uint32_t}, 4 bytes: out: the vCPU that is notified. */
    public static final int VCPU = 12;

    /** {@code domid_t}, 2 bytes. */
    @XenMember("u.unbound.dom")
    public static final int U_UNBOUND_DOM = 16;

    /** {@code domid_t}, 2 bytes. */
    @XenMember("u.interdomain.dom")
    public static final int U_INTERDOMAIN_DOM = 16;

    /** {@code evtchn_port_t}, 4 bytes. */
    @XenMember("u.interdomain.port")
    public static final int U_INTERDOMAIN_PORT = 20;

    /** {@code uint32_t}, 4 bytes. */
    @XenMember("u.pirq")
    public static final int U_PIRQ = 16;

    /** {@code uint32_t}, 4 bytes. */
    @XenMember("u.virq")
    public static final int U_VIRQ = 16;

    /** Size of the whole structure in bytes. */
    public static final int SIZE = 24;
}
