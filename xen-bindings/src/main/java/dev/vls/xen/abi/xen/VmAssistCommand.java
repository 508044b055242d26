package dev.vls.xen.abi.xen;

import dev.vls.xen.abi.XenNumbers;

/**
 * Commands of the {@code vm_assist} hypercall.
 *
 * <p>Source: {@code public/xen.h}, {@code VMASST_CMD_*}.
 */
@XenNumbers(header = "xen.h", prefix = "VMASST_CMD_")
public final class VmAssistCommand {
    private VmAssistCommand() {}

    public static final int ENABLE = 0;
    public static final int DISABLE = 1;
}
