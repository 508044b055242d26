package dev.vls.xen.abi.memory;

import dev.vls.xen.abi.XenMember;
import dev.vls.xen.abi.XenStruct;

/**
 * Argument of {@code XENMEM_get_vnumainfo}.
 *
 * <p>Source: {@code public/memory.h}, {@code struct xen_vnuma_topology_info}.
 */
@XenStruct(type = "struct xen_vnuma_topology_info", header = "memory.h")
public final class XenVnumaTopologyInfo {
    private XenVnumaTopologyInfo() {}

    /** {@code domid_t}, 2 bytes. */
    public static final int DOMID = 0;

    /** {@code unsigned int}, 4 bytes. */
    public static final int NR_VNODES = 4;

    /** {@code unsigned int}, 4 bytes. */
    public static final int NR_VCPUS = 8;

    /** {@code unsigned int}, 4 bytes. */
    public static final int NR_VMEMRANGES = 12;

    /** {@code XEN_GUEST_HANDLE(uint)}, 8 bytes. */
    @XenMember("vdistance.h")
    public static final int VDISTANCE_H = 16;

    /** {@code XEN_GUEST_HANDLE(uint)}, 8 bytes. */
    @XenMember("vcpu_to_vnode.h")
    public static final int VCPU_TO_VNODE_H = 24;

    /** {@code XEN_GUEST_HANDLE(xen_vmemrange_t)}, 8 bytes. */
    @XenMember("vmemrange.h")
    public static final int VMEMRANGE_H = 32;

    /** Size of the whole structure in bytes. */
    public static final int SIZE = 40;
}
