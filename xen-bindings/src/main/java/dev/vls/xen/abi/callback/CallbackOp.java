package dev.vls.xen.abi.callback;

import dev.vls.xen.abi.XenNumbers;

/**
 * Commands of the {@code callback_op} hypercall.
 *
 * <p>Source: {@code public/callback.h}, {@code CALLBACKOP_*}.
 */
@XenNumbers(header = "callback.h", prefix = "CALLBACKOP_")
public final class CallbackOp {
    private CallbackOp() {}

    public static final int REGISTER = 0;
    public static final int UNREGISTER = 1;
}
