package dev.vls.xen.abi.physdev;

import dev.vls.xen.abi.XenNumbers;

/**
 * Types of {@link PhysdevMapPirq#TYPE}.
 *
 * <p>Source: {@code public/physdev.h}, {@code MAP_PIRQ_TYPE_*}.
 */
@XenNumbers(header = "physdev.h", prefix = "MAP_PIRQ_TYPE_", lowerCase = false)
public final class MapPirqType {
    private MapPirqType() {}

    public static final int MSI = 0;
    public static final int GSI = 1;
    public static final int UNKNOWN = 2;
    public static final int MSI_SEG = 3;
    public static final int MULTI_MSI = 4;
}
