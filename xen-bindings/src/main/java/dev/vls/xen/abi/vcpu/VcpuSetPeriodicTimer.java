package dev.vls.xen.abi.vcpu;

import dev.vls.xen.abi.XenStruct;

/**
 * Argument of {@code VCPUOP_set_periodic_timer}.
 *
 * <p>Source: {@code public/vcpu.h}, {@code struct vcpu_set_periodic_timer}.
 */
@XenStruct(type = "struct vcpu_set_periodic_timer", header = "vcpu.h")
public final class VcpuSetPeriodicTimer {
    private VcpuSetPeriodicTimer() {}

    /** {@code uint64_t}, 8 bytes: nanoseconds. */
    public static final int PERIOD_NS = 0;

    /** Size of the whole structure in bytes. */
    public static final int SIZE = 8;
}
