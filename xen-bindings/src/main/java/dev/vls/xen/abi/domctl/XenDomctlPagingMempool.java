package dev.vls.xen.abi.domctl;

import dev.vls.xen.abi.XenMember;
import dev.vls.xen.abi.XenStruct;

/**
 * Argument of {@code XEN_DOMCTL_set_paging_mempool_size}.
 *
 * <p>Source: {@code public/domctl.h}, {@code struct xen_domctl_paging_mempool}.
 */
@XenStruct(type = "struct xen_domctl_paging_mempool", header = "domctl.h")
public final class XenDomctlPagingMempool {
    private XenDomctlPagingMempool() {}

    /** {@code uint64_t}, 8 bytes. */
    @XenMember("size")
    public static final int SIZE_FIELD = 0;

    /** Size of the whole structure in bytes. */
    public static final int SIZE = 8;
}
