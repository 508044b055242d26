package dev.vls.xen.abi.xen;

import dev.vls.xen.abi.XenNumbers;

/**
 * Reserved domain numbers. A guest names itself with {@link #SELF}.
 *
 * <p>Source: {@code public/xen.h}, {@code DOMID_*}.
 */
@XenNumbers(header = "xen.h", prefix = "DOMID_", lowerCase = false)
public final class DomainId {
    private DomainId() {}

    public static final int FIRST_RESERVED = 0x7ff0;
    public static final int SELF = 0x7ff0;
    public static final int IO = 0x7ff1;
    public static final int XEN = 0x7ff2;
    public static final int COW = 0x7ff3;
    public static final int INVALID = 0x7ff4;
    public static final int IDLE = 0x7fff;
    public static final int MASK = 0x7fff;
}
