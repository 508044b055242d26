package dev.vls.xen.abi.xen;

import dev.vls.xen.abi.XenConstant;
import dev.vls.xen.abi.XenStruct;

/**
 * One entry of the {@code multicall} hypercall.
 *
 * <p>Source: {@code public/xen.h}, {@code struct multicall_entry}.
 */
@XenStruct(type = "struct multicall_entry", header = "xen.h")
public final class MulticallEntry {
    private MulticallEntry() {}

    /** {@code xen_ulong_t}, 8 bytes: {@link HypercallNumber}. */
    public static final int OP = 0;

    /** {@code xen_ulong_t}, 8 bytes: written by Xen. */
    public static final int RESULT = 8;

    /** {@code xen_ulong_t [6]}, 48 bytes: arguments 1 to 6. */
    public static final int ARGS = 16;

    /** Number of elements of {@code args}. */
    @XenConstant("ARRAY_LENGTH(struct multicall_entry, args)")
    public static final int ARGS_LENGTH = 6;

    /** Size of the whole structure in bytes. */
    public static final int SIZE = 64;
}
