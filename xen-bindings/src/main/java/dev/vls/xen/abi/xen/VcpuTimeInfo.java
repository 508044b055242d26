package dev.vls.xen.abi.xen;

import dev.vls.xen.abi.XenConstant;
import dev.vls.xen.abi.XenStruct;

/**
 * A vCPU's clock: system time in nanoseconds at a TSC value and the scale to go on from there. A
 * sequence lock over {@link #VERSION}: odd while Xen writes.
 *
 * <p>Source: {@code public/xen.h}, {@code struct vcpu_time_info}.
 */
@XenStruct(type = "struct vcpu_time_info", header = "xen.h")
public final class VcpuTimeInfo {
    private VcpuTimeInfo() {}

    /** {@code uint32_t}, 4 bytes: sequence lock. */
    public static final int VERSION = 0;

    /** {@code uint64_t}, 8 bytes: TSC at the last update. */
    public static final int TSC_TIMESTAMP = 8;

    /** {@code uint64_t}, 8 bytes: nanoseconds since boot at the last update. */
    public static final int SYSTEM_TIME = 16;

    /** {@code uint32_t}, 4 bytes: multiplier, a 0.32 fixed-point number. */
    public static final int TSC_TO_SYSTEM_MUL = 24;

    /**
     * {@code int8_t}, 1 byte: shift of the TSC delta before the multiplication; negative is to the
     * right.
     */
    public static final int TSC_SHIFT = 28;

    /** {@code uint8_t}, 1 byte: {@code XEN_PVCLOCK_*}. */
    public static final int FLAGS = 29;

    /** Size of the whole structure in bytes. */
    public static final int SIZE = 32;

    /** In {@link #FLAGS}: clocks of all vCPUs agree. */
    @XenConstant("XEN_PVCLOCK_TSC_STABLE_BIT")
    public static final int FLAG_TSC_STABLE = 1;

    /** In {@link #FLAGS}: the guest was paused for long. */
    @XenConstant("XEN_PVCLOCK_GUEST_STOPPED")
    public static final int FLAG_GUEST_STOPPED = 2;
}
