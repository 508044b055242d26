package dev.vls.xen.abi.physdev;

import dev.vls.xen.abi.XenNumbers;

/**
 * Flags of {@link PhysdevIrqStatusQuery#FLAGS}.
 *
 * <p>Source: {@code public/physdev.h}, {@code XENIRQSTAT_*}.
 */
@XenNumbers(header = "physdev.h", prefix = "XENIRQSTAT_")
public final class IrqStatusFlag {
    private IrqStatusFlag() {}

    public static final int NEEDS_EOI = 0x1;
    public static final int SHARED = 0x2;
}
