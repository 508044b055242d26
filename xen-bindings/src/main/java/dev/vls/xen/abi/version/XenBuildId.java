package dev.vls.xen.abi.version;

import dev.vls.xen.abi.XenStruct;

/**
 * Answer of {@code XENVER_build_id}.
 *
 * <p>Source: {@code public/version.h}, {@code struct xen_build_id}.
 */
@XenStruct(type = "struct xen_build_id", header = "version.h")
public final class XenBuildId {
    private XenBuildId() {}

    /** {@code uint32_t}, 4 bytes: in: room; out: bytes. */
    public static final int LEN = 0;

    /** {@code unsigned char []}, 0 bytes, of variable length: the identifier. */
    public static final int BUF = 4;

    /** Size of the whole structure in bytes. */
    public static final int SIZE = 4;
}
