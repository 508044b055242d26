package dev.vls.xen.abi.grant;

import dev.vls.xen.abi.XenConstant;
import dev.vls.xen.abi.XenNumbers;

/**
 * Flags of a grant entry: the type in the two low bits, restrictions and Xen's marks above them.
 *
 * <p>Source: {@code public/grant_table.h}, {@code GTF_*}.
 */
@XenNumbers(header = "grant_table.h", prefix = "GTF_")
public final class GrantFlag {
    private GrantFlag() {}

    public static final int INVALID = 0x0;
    public static final int PERMIT_ACCESS = 0x1;
    public static final int ACCEPT_TRANSFER = 0x2;
    public static final int TRANSITIVE = 0x3;
    public static final int TYPE_MASK = 0x3;
    public static final int READONLY = 0x4;

    /** Set by Xen while the frame is mapped or read. In version 2 it lives in the status array. */
    public static final int READING = 0x8;

    /**
     * Set by Xen while the frame is mapped or written to. In version 2 it lives in the status
     * array.
     */
    public static final int WRITING = 0x10;

    @XenConstant("GTF_PWT")
    public static final int PWT = 0x20;

    @XenConstant("GTF_PCD")
    public static final int PCD = 0x40;

    @XenConstant("GTF_PAT")
    public static final int PAT = 0x80;

    /** Version 2 alone: {@code sub_page} applies. */
    public static final int SUB_PAGE = 0x100;

    public static final int TRANSFER_COMMITTED = 0x4;
    public static final int TRANSFER_COMPLETED = 0x8;
}
