package dev.vls.xen.abi.io;

import dev.vls.xen.abi.XenNumbers;

/**
 * Limits of frames.
 *
 * <p>Source: {@code public/io/netif.h}, {@code XEN_NETIF_*}.
 */
@XenNumbers(header = "io/netif.h", prefix = "XEN_NETIF_", lowerCase = false)
public final class NetifLimits {
    private NetifLimits() {}

    /** Slots for one frame that every backend takes. */
    public static final int NR_SLOTS_MIN = 18;

    /** Most bytes of a frame. */
    public static final int MAX_TX_SIZE = 65535;
}
