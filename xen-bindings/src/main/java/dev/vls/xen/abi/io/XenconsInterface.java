package dev.vls.xen.abi.io;

import dev.vls.xen.abi.XenConstant;
import dev.vls.xen.abi.XenStruct;

/**
 * The PV console's page: two byte rings. Indices run freely and are masked on use.
 *
 * <p>Source: {@code public/io/console.h}, {@code struct xencons_interface}.
 */
@XenStruct(type = "struct xencons_interface", header = "io/console.h")
public final class XenconsInterface {
    private XenconsInterface() {}

    /** {@code char [1024]}, 1024 bytes: bytes to the guest. */
    public static final int IN = 0;

    /** Number of elements of {@code in}. */
    @XenConstant("ARRAY_LENGTH(struct xencons_interface, in)")
    public static final int IN_LENGTH = 1024;

    /** {@code char [2048]}, 2048 bytes: bytes from the guest. */
    public static final int OUT = 1024;

    /** Number of elements of {@code out}. */
    @XenConstant("ARRAY_LENGTH(struct xencons_interface, out)")
    public static final int OUT_LENGTH = 2048;

    /** {@code XENCONS_RING_IDX}, 4 bytes: written by the guest. */
    public static final int IN_CONS = 3072;

    /** {@code XENCONS_RING_IDX}, 4 bytes: written by the backend. */
    public static final int IN_PROD = 3076;

    /** {@code XENCONS_RING_IDX}, 4 bytes: written by the backend. */
    public static final int OUT_CONS = 3080;

    /** {@code XENCONS_RING_IDX}, 4 bytes: written by the guest. */
    public static final int OUT_PROD = 3084;

    /** Size of the whole structure in bytes. */
    public static final int SIZE = 3088;
}
