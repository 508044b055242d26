package dev.vls.xen.abi.xen;

import dev.vls.xen.abi.XenNumbers;

/**
 * Commands in the two low bits of {@link MmuUpdate#PTR}.
 *
 * <p>Source: {@code public/xen.h}, {@code MMU_*}.
 */
@XenNumbers(header = "xen.h", prefix = "MMU_", lowerCase = false)
public final class MmuUpdateCommand {
    private MmuUpdateCommand() {}

    /** Checked write of a page-table entry. */
    public static final int NORMAL_PT_UPDATE = 0;

    /** Write of an m2p entry. */
    public static final int MACHPHYS_UPDATE = 1;

    /** Write of an entry that keeps accessed and dirty bits which the CPU set meanwhile. */
    public static final int PT_UPDATE_PRESERVE_AD = 2;

    /** Write of an entry with machine addresses, whatever the domain translates. */
    public static final int PT_UPDATE_NO_TRANSLATE = 3;
}
