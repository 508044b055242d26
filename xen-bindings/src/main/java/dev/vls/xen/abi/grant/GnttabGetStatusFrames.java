package dev.vls.xen.abi.grant;

import dev.vls.xen.abi.XenStruct;

/**
 * One request of {@code GNTTABOP_get_status_frames}.
 *
 * <p>Source: {@code public/grant_table.h}, {@code struct gnttab_get_status_frames}.
 */
@XenStruct(type = "struct gnttab_get_status_frames", header = "grant_table.h")
public final class GnttabGetStatusFrames {
    private GnttabGetStatusFrames() {}

    /** {@code uint32_t}, 4 bytes. */
    public static final int NR_FRAMES = 0;

    /** {@code domid_t}, 2 bytes. */
    public static final int DOM = 4;

    /** {@code int16_t}, 2 bytes. */
    public static final int STATUS = 6;

    /** {@code XEN_GUEST_HANDLE(uint64_t)}, 8 bytes. */
    public static final int FRAME_LIST = 8;

    /** Size of the whole structure in bytes. */
    public static final int SIZE = 16;
}
