package dev.vls.xen.abi.io;

import dev.vls.xen.abi.XenConstant;
import dev.vls.xen.abi.XenStruct;

/**
 * The xenstore page: two byte rings. Indices run freely and are masked on use.
 *
 * <p>Source: {@code public/io/xs_wire.h}, {@code struct xenstore_domain_interface}.
 */
@XenStruct(type = "struct xenstore_domain_interface", header = "io/xs_wire.h")
public final class XenstoreDomainInterface {
    private XenstoreDomainInterface() {}

    /** {@code char [1024]}, 1024 bytes: bytes to xenstored. */
    public static final int REQ = 0;

    /** Number of elements of {@code req}. */
    @XenConstant("ARRAY_LENGTH(struct xenstore_domain_interface, req)")
    public static final int REQ_LENGTH = 1024;

    /** {@code char [1024]}, 1024 bytes: bytes from xenstored. */
    public static final int RSP = 1024;

    /** Number of elements of {@code rsp}. */
    @XenConstant("ARRAY_LENGTH(struct xenstore_domain_interface, rsp)")
    public static final int RSP_LENGTH = 1024;

    /** {@code XENSTORE_RING_IDX}, 4 bytes: written by xenstored. */
    public static final int REQ_CONS = 2048;

    /** {@code XENSTORE_RING_IDX}, 4 bytes: written by the guest. */
    public static final int REQ_PROD = 2052;

    /** {@code XENSTORE_RING_IDX}, 4 bytes: written by the guest. */
    public static final int RSP_CONS = 2056;

    /** {@code XENSTORE_RING_IDX}, 4 bytes: written by xenstored. */
    public static final int RSP_PROD = 2060;

    /**
     * {@code uint32_t}, 4 bytes: {@link XenstoreLimits#SERVER_FEATURE_RECONNECTION} and its like.
     */
    public static final int SERVER_FEATURES = 2064;

    /**
     * {@code uint32_t}, 4 bytes: {@link XenstoreLimits#CONNECTED} or {@link
     * XenstoreLimits#RECONNECT}.
     */
    public static final int CONNECTION = 2068;

    /** {@code uint32_t}, 4 bytes: {@code XENSTORE_ERROR_*}. */
    public static final int ERROR = 2072;

    /** Size of the whole structure in bytes. */
    public static final int SIZE = 2076;
}
