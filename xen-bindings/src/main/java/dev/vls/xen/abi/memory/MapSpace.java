package dev.vls.xen.abi.memory;

import dev.vls.xen.abi.XenNumbers;

/**
 * Sources of {@code XENMEM_add_to_physmap}.
 *
 * <p>Source: {@code public/memory.h}, {@code XENMAPSPACE_*}.
 */
@XenNumbers(header = "memory.h", prefix = "XENMAPSPACE_")
public final class MapSpace {
    private MapSpace() {}

    public static final int SHARED_INFO = 0;
    public static final int GRANT_TABLE = 1;
    public static final int GMFN = 2;
    public static final int GMFN_RANGE = 3;
    public static final int GMFN_FOREIGN = 4;
    public static final int DEV_MMIO = 5;
}
