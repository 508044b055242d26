package dev.vls.xen.abi.xen;

import dev.vls.xen.abi.XenNumbers;

/**
 * Limits of the core ABI.
 *
 * <p>Source: {@code public/xen.h}.
 */
@XenNumbers(header = "xen.h", prefix = "", lowerCase = false)
public final class XenLimits {
    private XenLimits() {}

    /** One above the highest {@link Virq}. */
    public static final int NR_VIRQS = 24;
}
