package dev.vls.xen.abi.xen;

import dev.vls.xen.abi.XenConstant;
import dev.vls.xen.abi.XenStruct;

/**
 * The page that a domain shares with Xen: the first 32 vCPUs' info, two-level event bits, wall
 * clock. The wall clock is a sequence lock over {@link #WC_VERSION}: odd while Xen writes.
 *
 * <p>Source: {@code public/xen.h}, {@code struct shared_info}.
 */
@XenStruct(type = "struct shared_info", header = "xen.h")
public final class SharedInfo {
    private SharedInfo() {}

    /**
     * {@code struct vcpu_info [32]}, 2048 bytes: stride {@link VcpuInfo#SIZE}; vCPUs from 32 on
     * register their own.
     */
    public static final int VCPU_INFO = 0;

    /** Number of elements of {@code vcpu_info}. */
    @XenConstant("ARRAY_LENGTH(struct shared_info, vcpu_info)")
    public static final int VCPU_INFO_LENGTH = 32;

    /** {@code xen_ulong_t [64]}, 512 bytes: one bit per port. */
    public static final int EVTCHN_PENDING = 2048;

    /** Number of elements of {@code evtchn_pending}. */
    @XenConstant("ARRAY_LENGTH(struct shared_info, evtchn_pending)")
    public static final int EVTCHN_PENDING_LENGTH = 64;

    /** {@code xen_ulong_t [64]}, 512 bytes: one bit per port, 1 is masked. */
    public static final int EVTCHN_MASK = 2560;

    /** Number of elements of {@code evtchn_mask}. */
    @XenConstant("ARRAY_LENGTH(struct shared_info, evtchn_mask)")
    public static final int EVTCHN_MASK_LENGTH = 64;

    /** {@code uint32_t}, 4 bytes: sequence lock of the wall clock. */
    public static final int WC_VERSION = 3072;

    /** {@code uint32_t}, 4 bytes: low 32 bits of the seconds since 1970 at system time 0. */
    public static final int WC_SEC = 3076;

    /** {@code uint32_t}, 4 bytes: nanoseconds of it. */
    public static final int WC_NSEC = 3080;

    /** {@code uint32_t}, 4 bytes: high 32 bits of the seconds. */
    public static final int WC_SEC_HI = 3084;

    /** {@code struct arch_shared_info}, 48 bytes: {@code struct arch_shared_info}. */
    public static final int ARCH = 3088;

    /** Size of the whole structure in bytes. */
    public static final int SIZE = 3136;
}
