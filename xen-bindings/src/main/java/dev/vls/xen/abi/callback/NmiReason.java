package dev.vls.xen.abi.callback;

import dev.vls.xen.abi.XenNumbers;

/**
 * Bits of {@code arch_shared_info.nmi_reason}.
 *
 * <p>Source: {@code public/nmi.h}, {@code XEN_NMIREASON_*}.
 */
@XenNumbers(header = "nmi.h", prefix = "XEN_NMIREASON_")
public final class NmiReason {
    private NmiReason() {}

    public static final int IO_ERROR = 0x1;
    public static final int PCI_SERR = 0x2;
    public static final int UNKNOWN = 0x4;
}
