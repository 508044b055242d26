package dev.vls.xen.abi.domctl;

import dev.vls.xen.abi.XenNumbers;

/**
 * Flags of {@link XenDomctlCreatedomain#FLAGS}.
 *
 * <p>Source: {@code public/domctl.h}, {@code XEN_DOMCTL_CDF_*}.
 */
@XenNumbers(header = "domctl.h", prefix = "XEN_DOMCTL_CDF_")
public final class CreateDomainFlag {
    private CreateDomainFlag() {}

    public static final int HVM = 0x1;
    public static final int HAP = 0x2;
    public static final int S3_INTEGRITY = 0x4;
    public static final int OOS_OFF = 0x8;
    public static final int XS_DOMAIN = 0x10;
    public static final int IOMMU = 0x20;
    public static final int NESTED_VIRT = 0x40;
    public static final int VPMU = 0x80;
}
