package dev.vls.xen.abi.io;

import dev.vls.xen.abi.XenNumbers;

/**
 * Flags of {@link NetifRxResponse#FLAGS}.
 *
 * <p>Source: {@code public/io/netif.h}, {@code NETRXF_*}.
 */
@XenNumbers(header = "io/netif.h", prefix = "NETRXF_")
public final class NetifRxFlag {
    private NetifRxFlag() {}

    public static final int DATA_VALIDATED = 0x1;
    public static final int CSUM_BLANK = 0x2;
    public static final int MORE_DATA = 0x4;
    public static final int EXTRA_INFO = 0x8;
    public static final int GSO_PREFIX = 0x10;
}
