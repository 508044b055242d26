package dev.vls.xen.abi.io;

import dev.vls.xen.abi.XenConstant;
import dev.vls.xen.abi.XenMember;
import dev.vls.xen.abi.XenStruct;

/**
 * Extra segment that follows a request or response and takes its slot.
 *
 * <p>Source: {@code public/io/netif.h}, {@code struct netif_extra_info}.
 */
@XenStruct(type = "struct netif_extra_info", header = "io/netif.h")
public final class NetifExtraInfo {
    private NetifExtraInfo() {}

    /** {@code uint8_t}, 1 byte: {@link NetifExtraType}. */
    public static final int TYPE = 0;

    /** {@code uint8_t}, 1 byte. */
    public static final int FLAGS = 1;

    /** {@code uint16_t}, 2 bytes. */
    @XenMember("u.gso.size")
    public static final int U_GSO_SIZE = 2;

    /** {@code uint8_t}, 1 byte. */
    @XenMember("u.gso.type")
    public static final int U_GSO_TYPE = 4;

    /** {@code uint16_t}, 2 bytes. */
    @XenMember("u.gso.features")
    public static final int U_GSO_FEATURES = 6;

    /** {@code uint8_t [6]}, 6 bytes. */
    @XenMember("u.mcast.addr")
    public static final int U_MCAST_ADDR = 2;

    /** {@code uint8_t}, 1 byte. */
    @XenMember("u.hash.type")
    public static final int U_HASH_TYPE = 2;

    /** {@code uint8_t}, 1 byte. */
    @XenMember("u.hash.algorithm")
    public static final int U_HASH_ALGORITHM = 3;

    /** {@code uint8_t [4]}, 4 bytes. */
    @XenMember("u.hash.value")
    public static final int U_HASH_VALUE = 4;

    /** Size of the whole structure in bytes. */
    public static final int SIZE = 8;

    /** In {@link #FLAGS}: another extra segment follows. */
    @XenConstant("XEN_NETIF_EXTRA_FLAG_MORE")
    public static final int FLAG_MORE = 1;
}
