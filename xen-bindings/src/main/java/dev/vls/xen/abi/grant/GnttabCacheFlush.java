package dev.vls.xen.abi.grant;

import dev.vls.xen.abi.XenConstant;
import dev.vls.xen.abi.XenMember;
import dev.vls.xen.abi.XenStruct;

/**
 * One request of {@code GNTTABOP_cache_flush}.
 *
 * <p>Source: {@code public/grant_table.h}, {@code struct gnttab_cache_flush}.
 */
@XenStruct(type = "struct gnttab_cache_flush", header = "grant_table.h")
public final class GnttabCacheFlush {
    private GnttabCacheFlush() {}

    /** {@code uint64_t}, 8 bytes. */
    @XenMember("a.dev_bus_addr")
    public static final int A_DEV_BUS_ADDR = 0;

    /** {@code grant_ref_t}, 4 bytes. */
    @XenMember("a.ref")
    public static final int A_REF = 0;

    /** {@code uint16_t}, 2 bytes. */
    public static final int OFFSET = 8;

    /** {@code uint16_t}, 2 bytes. */
    public static final int LENGTH = 10;

    /** {@code uint32_t}, 4 bytes. */
    public static final int OP = 12;

    /** Size of the whole structure in bytes. */
    public static final int SIZE = 16;

    /** In {@link #OP}. */
    @XenConstant("GNTTAB_CACHE_CLEAN")
    public static final int OP_CLEAN = 1;

    /** In {@link #OP}. */
    @XenConstant("GNTTAB_CACHE_INVAL")
    public static final int OP_INVAL = 2;

    /** In {@link #OP}: {@code a} is a grant reference. */
    @XenConstant("GNTTAB_CACHE_SOURCE_GREF")
    public static final int OP_SOURCE_GREF = 0x80000000;
}
