package dev.vls.xen.abi.sysctl;

import dev.vls.xen.abi.XenStruct;

/**
 * Argument of {@code XEN_SYSCTL_sched_id}.
 *
 * <p>Source: {@code public/sysctl.h}, {@code struct xen_sysctl_sched_id}.
 */
@XenStruct(type = "struct xen_sysctl_sched_id", header = "sysctl.h")
public final class XenSysctlSchedId {
    private XenSysctlSchedId() {}

    /** {@code uint32_t}, 4 bytes. */
    public static final int SCHED_ID = 0;

    /** Size of the whole structure in bytes. */
    public static final int SIZE = 4;
}
