package dev.vls.xen.abi.xen;

import dev.vls.xen.abi.XenNumbers;

/**
 * Flags of {@code update_va_mapping}: what to flush, and on which vCPUs. With {@code MULTI} the
 * upper bits are the guest virtual address of a vCPU bitmap.
 *
 * <p>Source: {@code public/xen.h}, {@code UVMF_*}.
 */
@XenNumbers(header = "xen.h", prefix = "UVMF_", lowerCase = false)
public final class UpdateVaMappingFlag {
    private UpdateVaMappingFlag() {}

    public static final int NONE = 0x0;
    public static final int TLB_FLUSH = 0x1;
    public static final int INVLPG = 0x2;
    public static final int FLUSHTYPE_MASK = 0x3;
    public static final int MULTI = 0x0;
    public static final int LOCAL = 0x0;
    public static final int ALL = 0x4;
}
