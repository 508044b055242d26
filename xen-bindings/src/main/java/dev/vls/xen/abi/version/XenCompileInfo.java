package dev.vls.xen.abi.version;

import dev.vls.xen.abi.XenStruct;

/**
 * Answer of {@code XENVER_compile_info}: NUL-terminated strings.
 *
 * <p>Source: {@code public/version.h}, {@code struct xen_compile_info}.
 */
@XenStruct(type = "struct xen_compile_info", header = "version.h")
public final class XenCompileInfo {
    private XenCompileInfo() {}

    /** {@code char [64]}, 64 bytes. */
    public static final int COMPILER = 0;

    /** {@code char [16]}, 16 bytes. */
    public static final int COMPILE_BY = 64;

    /** {@code char [32]}, 32 bytes. */
    public static final int COMPILE_DOMAIN = 80;

    /** {@code char [32]}, 32 bytes. */
    public static final int COMPILE_DATE = 112;

    /** Size of the whole structure in bytes. */
    public static final int SIZE = 144;
}
