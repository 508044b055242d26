package dev.vls.xen.abi.domctl;

import dev.vls.xen.abi.XenMember;
import dev.vls.xen.abi.XenStruct;

/**
 * Argument of {@code XEN_DOMCTL_set_ext_vcpucontext}.
 *
 * <p>Source: {@code public/domctl.h}, {@code struct xen_domctl_ext_vcpucontext}.
 */
@XenStruct(type = "struct xen_domctl_ext_vcpucontext", header = "domctl.h")
public final class XenDomctlExtVcpucontext {
    private XenDomctlExtVcpucontext() {}

    /** {@code uint32_t}, 4 bytes. */
    public static final int VCPU = 0;

    /** {@code uint32_t}, 4 bytes. */
    @XenMember("size")
    public static final int SIZE_FIELD = 4;

    /** {@code uint64_t}, 8 bytes. */
    public static final int SYSCALL32_CALLBACK_EIP = 8;

    /** {@code uint64_t}, 8 bytes. */
    public static final int SYSENTER_CALLBACK_EIP = 16;

    /** {@code uint16_t}, 2 bytes. */
    public static final int SYSCALL32_CALLBACK_CS = 24;

    /** {@code uint16_t}, 2 bytes. */
    public static final int SYSENTER_CALLBACK_CS = 26;

    /** {@code uint8_t}, 1 byte. */
    public static final int SYSCALL32_DISABLES_EVENTS = 28;

    /** {@code uint8_t}, 1 byte. */
    public static final int SYSENTER_DISABLES_EVENTS = 29;

    /** {@code uint64_t}, 8 bytes. */
    public static final int MCG_CAP = 32;

    /** {@code struct hvm_vmce_vcpu}, 32 bytes. */
    public static final int VMCE = 32;

    /** Size of the whole structure in bytes. */
    public static final int SIZE = 64;
}
