package dev.vls.xen.abi.grant;

import dev.vls.xen.abi.XenConstant;
import dev.vls.xen.abi.XenMember;
import dev.vls.xen.abi.XenStruct;

/**
 * A version 2 grant entry. Xen's marks are in a status array of their own, 16 bits an entry.
 *
 * <p>Source: {@code public/grant_table.h}, {@code union grant_entry_v2}.
 */
@XenStruct(type = "union grant_entry_v2", header = "grant_table.h")
public final class GrantEntryV2 {
    private GrantEntryV2() {}

    /** {@code uint64_t}, 8 bytes. */
    @XenMember("full_page.frame")
    public static final int FULL_PAGE_FRAME = 8;

    /** {@code uint16_t}, 2 bytes. */
    @XenMember("sub_page.page_off")
    public static final int SUB_PAGE_PAGE_OFF = 4;

    /** {@code uint16_t}, 2 bytes. */
    @XenMember("sub_page.length")
    public static final int SUB_PAGE_LENGTH = 6;

    /** {@code uint64_t}, 8 bytes. */
    @XenMember("sub_page.frame")
    public static final int SUB_PAGE_FRAME = 8;

    /** {@code domid_t}, 2 bytes. */
    @XenMember("transitive.trans_domid")
    public static final int TRANSITIVE_TRANS_DOMID = 4;

    /** {@code grant_ref_t}, 4 bytes. */
    @XenMember("transitive.gref")
    public static final int TRANSITIVE_GREF = 8;

    /** Size of the whole structure in bytes. */
    public static final int SIZE = 16;

    /** {@code uint16_t}, 2 bytes: {@link GrantFlag}. */
    @XenConstant("offsetof(union grant_entry_v2, hdr.flags)")
    public static final int HDR_FLAGS = 0;

    /** {@code domid_t}, 2 bytes: the domain that may use it. */
    @XenConstant("offsetof(union grant_entry_v2, hdr.domid)")
    public static final int HDR_DOMID = 2;

    /** Bytes of an entry of the status array. */
    @XenConstant("sizeof(grant_status_t)")
    public static final int STATUS_SIZE = 2;
}
