package dev.vls.xen.abi.grant;

import dev.vls.xen.abi.XenMember;
import dev.vls.xen.abi.XenStruct;

/**
 * One side of {@link GnttabCopy}.
 *
 * <p>Source: {@code public/grant_table.h}, {@code struct gnttab_copy_ptr}.
 */
@XenStruct(type = "struct gnttab_copy_ptr", header = "grant_table.h")
public final class GnttabCopyPtr {
    private GnttabCopyPtr() {}

    /** {@code grant_ref_t}, 4 bytes. */
    @XenMember("u.ref")
    public static final int U_REF = 0;

    /** {@code xen_pfn_t}, 8 bytes. */
    @XenMember("u.gmfn")
    public static final int U_GMFN = 0;

    /** {@code domid_t}, 2 bytes. */
    public static final int DOMID = 8;

    /** {@code uint16_t}, 2 bytes: bytes into the page. */
    public static final int OFFSET = 10;

    /** Size of the whole structure in bytes. */
    public static final int SIZE = 16;
}
