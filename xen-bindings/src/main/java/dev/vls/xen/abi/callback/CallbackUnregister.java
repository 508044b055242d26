package dev.vls.xen.abi.callback;

import dev.vls.xen.abi.XenStruct;

/**
 * Argument of {@code CALLBACKOP_unregister}.
 *
 * <p>Source: {@code public/callback.h}, {@code struct callback_unregister}.
 */
@XenStruct(type = "struct callback_unregister", header = "callback.h")
public final class CallbackUnregister {
    private CallbackUnregister() {}

    /** {@code uint16_t}, 2 bytes: {@link CallbackType}. */
    public static final int TYPE = 0;

    /** Size of the whole structure in bytes. */
    public static final int SIZE = 4;
}
