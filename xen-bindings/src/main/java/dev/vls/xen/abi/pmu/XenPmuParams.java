package dev.vls.xen.abi.pmu;

import dev.vls.xen.abi.XenMember;
import dev.vls.xen.abi.XenStruct;

/**
 * Argument of the {@code xenpmu_op} hypercall.
 *
 * <p>Source: {@code public/pmu.h}, {@code struct xen_pmu_params}.
 */
@XenStruct(type = "struct xen_pmu_params", header = "pmu.h")
public final class XenPmuParams {
    private XenPmuParams() {}

    /** {@code uint32_t}, 4 bytes. */
    @XenMember("version.maj")
    public static final int VERSION_MAJ = 0;

    /** {@code uint32_t}, 4 bytes. */
    @XenMember("version.min")
    public static final int VERSION_MIN = 4;

    /** {@code uint64_t}, 8 bytes. */
    public static final int VAL = 8;

    /** {@code uint32_t}, 4 bytes: the vCPU that is meant. */
    public static final int VCPU = 16;

    /** Size of the whole structure in bytes. */
    public static final int SIZE = 24;
}
