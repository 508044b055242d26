package dev.vls.xen.abi.io;

import dev.vls.xen.abi.XenNumbers;

/**
 * Bits of the {@code info} node of a PV block device.
 *
 * <p>Source: {@code public/io/blkif.h}, {@code VDISK_*}.
 */
@XenNumbers(header = "io/blkif.h", prefix = "VDISK_", lowerCase = false)
public final class VdiskInfo {
    private VdiskInfo() {}

    public static final int CDROM = 0x1;
    public static final int REMOVABLE = 0x2;
    public static final int READONLY = 0x4;
}
