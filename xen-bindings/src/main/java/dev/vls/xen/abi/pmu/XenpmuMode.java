package dev.vls.xen.abi.pmu;

import dev.vls.xen.abi.XenNumbers;

/**
 * Modes of the counters, {@link XenPmuParams#VAL} of {@code XENPMU_mode_get}.
 *
 * <p>Source: {@code public/pmu.h}, {@code XENPMU_MODE_*}.
 */
@XenNumbers(header = "pmu.h", prefix = "XENPMU_MODE_", lowerCase = false)
public final class XenpmuMode {
    private XenpmuMode() {}

    public static final int OFF = 0;
    public static final int SELF = 1;
    public static final int HV = 2;
    public static final int ALL = 4;
}
