package dev.vls.xen.abi.grant;

import dev.vls.xen.abi.XenNumbers;

/**
 * Flags of {@link GnttabCopy#FLAGS}: which side is a grant reference rather than a frame.
 *
 * <p>Source: {@code public/grant_table.h}, {@code GNTCOPY_*}.
 */
@XenNumbers(header = "grant_table.h", prefix = "GNTCOPY_")
public final class GrantCopyFlag {
    private GrantCopyFlag() {}

    public static final int SOURCE_GREF = 0x1;
    public static final int DEST_GREF = 0x2;
}
