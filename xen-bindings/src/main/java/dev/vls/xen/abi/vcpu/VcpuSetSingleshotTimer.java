package dev.vls.xen.abi.vcpu;

import dev.vls.xen.abi.XenConstant;
import dev.vls.xen.abi.XenStruct;

/**
 * Argument of {@code VCPUOP_set_singleshot_timer}.
 *
 * <p>Source: {@code public/vcpu.h}, {@code struct vcpu_set_singleshot_timer}.
 */
@XenStruct(type = "struct vcpu_set_singleshot_timer", header = "vcpu.h")
public final class VcpuSetSingleshotTimer {
    private VcpuSetSingleshotTimer() {}

    /** {@code uint64_t}, 8 bytes: absolute system time in nanoseconds. */
    public static final int TIMEOUT_ABS_NS = 0;

    /** {@code uint32_t}, 4 bytes. */
    public static final int FLAGS = 8;

    /** Size of the whole structure in bytes. */
    public static final int SIZE = 16;

    /** In {@link #FLAGS}: answer ETIME when the time is past. */
    @XenConstant("VCPU_SSHOTTMR_future")
    public static final int FLAG_FUTURE = 1;
}
