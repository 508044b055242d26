package dev.vls.xen.abi.memory;

import dev.vls.xen.abi.XenNumbers;

/**
 * Resource types and identifiers of {@code XENMEM_acquire_resource}.
 *
 * <p>Source: {@code public/memory.h}, {@code XENMEM_resource_*}.
 */
@XenNumbers(header = "memory.h", prefix = "XENMEM_resource_")
public final class AcquireResource {
    private AcquireResource() {}

    public static final int IOREQ_SERVER = 0;
    public static final int GRANT_TABLE = 1;
    public static final int VMTRACE_BUF = 2;
    public static final int GRANT_TABLE_ID_SHARED = 0;
    public static final int GRANT_TABLE_ID_STATUS = 1;
    public static final int IOREQ_SERVER_FRAME_BUFIOREQ = 0;
}
