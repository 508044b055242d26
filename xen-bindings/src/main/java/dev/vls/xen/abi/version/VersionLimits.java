package dev.vls.xen.abi.version;

import dev.vls.xen.abi.XenConstant;
import dev.vls.xen.abi.XenNumbers;

/**
 * Sizes of the strings that {@code xen_version} answers, NUL included, and of the feature map.
 *
 * <p>Source: {@code public/version.h} and {@code public/features.h}, {@code XEN*}.
 */
@XenNumbers(
        header = {"version.h", "features.h"},
        prefix = "XEN",
        lowerCase = false)
public final class VersionLimits {
    private VersionLimits() {}

    @XenConstant("XEN_EXTRAVERSION_LEN")
    public static final int EXTRAVERSION_LEN = 16;

    @XenConstant("XEN_CAPABILITIES_INFO_LEN")
    public static final int CAPABILITIES_INFO_LEN = 1024;

    @XenConstant("XEN_CHANGESET_INFO_LEN")
    public static final int CHANGESET_INFO_LEN = 64;

    @XenConstant("XENFEAT_NR_SUBMAPS")
    public static final int FEATURE_SUBMAPS = 1;

    /** Bytes of the answer of {@code XENVER_commandline}. */
    @XenConstant("sizeof(xen_commandline_t)")
    public static final int COMMANDLINE_LEN = 1024;
}
