package dev.vls.xen.abi.vcpu;

import dev.vls.xen.abi.XenMember;
import dev.vls.xen.abi.XenStruct;

/**
 * Argument of {@code VCPUOP_register_runstate_memory_area}.
 *
 * <p>Source: {@code public/vcpu.h}, {@code struct vcpu_register_runstate_memory_area}.
 */
@XenStruct(type = "struct vcpu_register_runstate_memory_area", header = "vcpu.h")
public final class VcpuRegisterRunstateMemoryArea {
    private VcpuRegisterRunstateMemoryArea() {}

    /**
     * {@code XEN_GUEST_HANDLE(vcpu_runstate_info_t)}, 8 bytes: guest virtual address of a {@link
     * VcpuRunstateInfo}.
     */
    @XenMember("addr.h")
    public static final int ADDR_H = 0;

    /** Size of the whole structure in bytes. */
    public static final int SIZE = 8;
}
