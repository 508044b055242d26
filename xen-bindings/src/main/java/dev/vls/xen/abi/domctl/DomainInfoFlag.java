package dev.vls.xen.abi.domctl;

import dev.vls.xen.abi.XenNumbers;

/**
 * Flags of {@link XenDomctlGetdomaininfo#FLAGS}; the shutdown reason is above them.
 *
 * <p>Source: {@code public/domctl.h}, {@code XEN_DOMINF_*}.
 */
@XenNumbers(header = "domctl.h", prefix = "XEN_DOMINF_")
public final class DomainInfoFlag {
    private DomainInfoFlag() {}

    public static final int DYING = 0x1;
    public static final int HVM_GUEST = 0x2;
    public static final int SHUTDOWN = 0x4;
    public static final int PAUSED = 0x8;
    public static final int BLOCKED = 0x10;
    public static final int RUNNING = 0x20;
    public static final int DEBUGGED = 0x40;
    public static final int XS_DOMAIN = 0x80;
    public static final int HAP = 0x100;
    public static final int SHUTDOWNMASK = 0xff;
    public static final int SHUTDOWNSHIFT = 0x10;
}
