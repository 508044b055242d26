package dev.vls.xen.abi.callback;

import dev.vls.xen.abi.XenNumbers;

/**
 * Commands of the {@code nmi_op} hypercall.
 *
 * <p>Source: {@code public/nmi.h}, {@code XENNMI_*}.
 */
@XenNumbers(header = "nmi.h", prefix = "XENNMI_")
public final class NmiOp {
    private NmiOp() {}

    public static final int REGISTER_CALLBACK = 0;
    public static final int UNREGISTER_CALLBACK = 1;
}
