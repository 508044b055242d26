package dev.vls.xen.abi.io;

import dev.vls.xen.abi.XenNumbers;

/**
 * Flags of {@link NetifTxRequest#FLAGS}.
 *
 * <p>Source: {@code public/io/netif.h}, {@code NETTXF_*}.
 */
@XenNumbers(header = "io/netif.h", prefix = "NETTXF_")
public final class NetifTxFlag {
    private NetifTxFlag() {}

    public static final int CSUM_BLANK = 0x1;
    public static final int DATA_VALIDATED = 0x2;
    public static final int MORE_DATA = 0x4;
    public static final int EXTRA_INFO = 0x8;
}
