package dev.vls.xen.abi.domctl;

import dev.vls.xen.abi.XenMember;
import dev.vls.xen.abi.XenStruct;

/**
 * Argument of {@code XEN_DOMCTL_setvcpuextstate}.
 *
 * <p>Source: {@code public/domctl.h}, {@code struct xen_domctl_vcpuextstate}.
 */
@XenStruct(type = "struct xen_domctl_vcpuextstate", header = "domctl.h")
public final class XenDomctlVcpuextstate {
    private XenDomctlVcpuextstate() {}

    /** {@code uint32_t}, 4 bytes. */
    public static final int VCPU = 0;

    /** {@code uint64_t}, 8 bytes. */
    public static final int XFEATURE_MASK = 8;

    /** {@code uint64_t}, 8 bytes. */
    @XenMember("size")
    public static final int SIZE_FIELD = 16;

    /** {@code XEN_GUEST_HANDLE(uint64)}, 8 bytes. */
    public static final int BUFFER = 24;

    /** Size of the whole structure in bytes. */
    public static final int SIZE = 32;
}
