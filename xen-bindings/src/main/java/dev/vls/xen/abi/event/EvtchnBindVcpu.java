package dev.vls.xen.abi.event;

import dev.vls.xen.abi.XenStruct;

/**
 * Argument of {@code EVTCHNOP_bind_vcpu}: which vCPU a port notifies.
 *
 * <p>Source: {@code public/event_channel.h}, {@code struct evtchn_bind_vcpu}.
 */
@XenStruct(type = "struct evtchn_bind_vcpu", header = "event_channel.h")
public final class EvtchnBindVcpu {
    private EvtchnBindVcpu() {}

    /** {@code evtchn_port_t}, 4 bytes. */
    public static final int PORT = 0;

    /** {@code uint32_t}, 4 bytes. */
    public static final int VCPU = 4;

    /** Size of the whole structure in bytes. */
    public static final int SIZE = 8;
}
