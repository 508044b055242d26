package dev.vls.xen.abi.physdev;

import dev.vls.xen.abi.XenStruct;

/**
 * Argument of {@code PHYSDEVOP_pirq_eoi_gmfn_v1} and {@code PHYSDEVOP_pirq_eoi_gmfn_v2}.
 *
 * <p>Source: {@code public/physdev.h}, {@code struct physdev_pirq_eoi_gmfn}.
 */
@XenStruct(type = "struct physdev_pirq_eoi_gmfn", header = "physdev.h")
public final class PhysdevPirqEoiGmfn {
    private PhysdevPirqEoiGmfn() {}

    /** {@code xen_pfn_t}, 8 bytes. */
    public static final int GMFN = 0;

    /** Size of the whole structure in bytes. */
    public static final int SIZE = 8;
}
