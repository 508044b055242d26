package dev.vls.xen.abi.version;

import dev.vls.xen.abi.XenStruct;

/**
 * Argument of {@code XENVER_get_features}.
 *
 * <p>Source: {@code public/version.h}, {@code struct xen_feature_info}.
 */
@XenStruct(type = "struct xen_feature_info", header = "version.h")
public final class XenFeatureInfo {
    private XenFeatureInfo() {}

    /** {@code unsigned int}, 4 bytes: in: which 32 features. */
    public static final int SUBMAP_IDX = 0;

    /** {@code uint32_t}, 4 bytes: out. */
    public static final int SUBMAP = 4;

    /** Size of the whole structure in bytes. */
    public static final int SIZE = 8;
}
