package dev.vls.xen.abi.xen;

import dev.vls.xen.abi.XenStruct;

/**
 * One vCPU's slice of the shared info: event flags, CR2, time.
 *
 * <p>Source: {@code public/xen.h}, {@code struct vcpu_info}.
 */
@XenStruct(type = "struct vcpu_info", header = "xen.h")
public final class VcpuInfo {
    private VcpuInfo() {}

    /** {@code uint8_t}, 1 byte: non-zero when an event awaits delivery. */
    public static final int EVTCHN_UPCALL_PENDING = 0;

    /** {@code uint8_t}, 1 byte: non-zero masks delivery: PV's interrupt flag. */
    public static final int EVTCHN_UPCALL_MASK = 1;

    /** {@code xen_ulong_t}, 8 bytes: one bit per word of the two-level pending array. */
    public static final int EVTCHN_PENDING_SEL = 8;

    /** {@code struct arch_vcpu_info}, 16 bytes: {@code struct arch_vcpu_info}. */
    public static final int ARCH = 16;

    /** {@code vcpu_time_info_t}, 32 bytes: {@code struct vcpu_time_info}. */
    public static final int TIME = 32;

    /** Size of the whole structure in bytes. */
    public static final int SIZE = 64;
}
