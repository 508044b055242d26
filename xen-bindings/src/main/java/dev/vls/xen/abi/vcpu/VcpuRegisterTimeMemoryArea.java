package dev.vls.xen.abi.vcpu;

import dev.vls.xen.abi.XenMember;
import dev.vls.xen.abi.XenStruct;

/**
 * Argument of {@code VCPUOP_register_vcpu_time_memory_area}.
 *
 * <p>Source: {@code public/vcpu.h}, {@code struct vcpu_register_time_memory_area}.
 */
@XenStruct(type = "struct vcpu_register_time_memory_area", header = "vcpu.h")
public final class VcpuRegisterTimeMemoryArea {
    private VcpuRegisterTimeMemoryArea() {}

    /**
     * {@code XEN_GUEST_HANDLE(vcpu_time_info_t)}, 8 bytes: guest virtual address of a {@code struct
     * vcpu_time_info}.
     */
    @XenMember("addr.h")
    public static final int ADDR_H = 0;

    /** Size of the whole structure in bytes. */
    public static final int SIZE = 8;
}
