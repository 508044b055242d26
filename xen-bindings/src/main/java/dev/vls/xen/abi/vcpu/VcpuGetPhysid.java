package dev.vls.xen.abi.vcpu;

import dev.vls.xen.abi.XenStruct;

/**
 * Argument of {@code VCPUOP_get_physid}.
 *
 * <p>Source: {@code public/vcpu.h}, {@code struct vcpu_get_physid}.
 */
@XenStruct(type = "struct vcpu_get_physid", header = "vcpu.h")
public final class VcpuGetPhysid {
    private VcpuGetPhysid() {}

    /** {@code uint64_t}, 8 bytes. */
    public static final int PHYS_ID = 0;

    /** Size of the whole structure in bytes. */
    public static final int SIZE = 8;
}
