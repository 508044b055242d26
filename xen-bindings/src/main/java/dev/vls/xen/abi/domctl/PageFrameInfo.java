package dev.vls.xen.abi.domctl;

import dev.vls.xen.abi.XenNumbers;

/**
 * Page types that {@code XEN_DOMCTL_getpageframeinfo3} answers, in the top bits of a 32-bit number;
 * in a save stream too.
 *
 * <p>Source: {@code public/domctl.h}, {@code XEN_DOMCTL_PFINFO_*}.
 */
@XenNumbers(header = "domctl.h", prefix = "XEN_DOMCTL_PFINFO_", lowerCase = false)
public final class PageFrameInfo {
    private PageFrameInfo() {}

    public static final int LTAB_SHIFT = 0x1c;
    public static final int NOTAB = 0x0;
    public static final int L1TAB = 0x10000000;
    public static final int L2TAB = 0x20000000;
    public static final int L3TAB = 0x30000000;
    public static final int L4TAB = 0x40000000;
    public static final int LTABTYPE_MASK = 0x70000000;
    public static final int LPINTAB = 0x80000000;
    public static final int XTAB = 0xf0000000;
    public static final int XALLOC = 0xe0000000;
    public static final int BROKEN = 0xd0000000;
    public static final int LTAB_MASK = 0xf0000000;
}
