package dev.vls.xen.abi.vcpu;

import dev.vls.xen.abi.XenStruct;

/**
 * Argument of {@code VCPUOP_register_vcpu_info}.
 *
 * <p>Source: {@code public/vcpu.h}, {@code struct vcpu_register_vcpu_info}.
 */
@XenStruct(type = "struct vcpu_register_vcpu_info", header = "vcpu.h")
public final class VcpuRegisterVcpuInfo {
    private VcpuRegisterVcpuInfo() {}

    /** {@code uint64_t}, 8 bytes: GFN of the page; an MFN for a PV guest. */
    public static final int MFN = 0;

    /** {@code uint32_t}, 4 bytes: bytes into the page. */
    public static final int OFFSET = 8;

    /** Size of the whole structure in bytes. */
    public static final int SIZE = 16;
}
