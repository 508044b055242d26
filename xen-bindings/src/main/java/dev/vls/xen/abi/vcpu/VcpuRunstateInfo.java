package dev.vls.xen.abi.vcpu;

import dev.vls.xen.abi.XenConstant;
import dev.vls.xen.abi.XenStruct;

/**
 * How long a vCPU was in each state.
 *
 * <p>Source: {@code public/vcpu.h}, {@code struct vcpu_runstate_info}.
 */
@XenStruct(type = "struct vcpu_runstate_info", header = "vcpu.h")
public final class VcpuRunstateInfo {
    private VcpuRunstateInfo() {}

    /** {@code int}, 4 bytes: {@link RunState}. */
    public static final int STATE = 0;

    /**
     * {@code uint64_t}, 8 bytes: system time in nanoseconds; the top bit is {@link #UPDATE_BIT}.
     */
    public static final int STATE_ENTRY_TIME = 8;

    /** {@code uint64_t [4]}, 32 bytes: nanoseconds in each state. */
    public static final int TIME = 16;

    /** Number of elements of {@code time}. */
    @XenConstant("ARRAY_LENGTH(struct vcpu_runstate_info, time)")
    public static final int TIME_LENGTH = 4;

    /** Size of the whole structure in bytes. */
    public static final int SIZE = 48;

    /**
     * In {@link #STATE_ENTRY_TIME} while Xen updates the area, when the guest asked by {@code
     * VMASST_TYPE_runstate_update_flag}.
     */
    @XenConstant("XEN_RUNSTATE_UPDATE")
    public static final long UPDATE_BIT = 0x8000000000000000L;
}
