package dev.vls.xen.abi.callback;

import dev.vls.xen.abi.XenStruct;

/**
 * Argument of {@code CALLBACKOP_register}.
 *
 * <p>Source: {@code public/callback.h}, {@code struct callback_register}.
 */
@XenStruct(type = "struct callback_register", header = "callback.h")
public final class CallbackRegister {
    private CallbackRegister() {}

    /** {@code uint16_t}, 2 bytes: {@link CallbackType}. */
    public static final int TYPE = 0;

    /** {@code uint16_t}, 2 bytes: {@link CallbackFlag}. */
    public static final int FLAGS = 2;

    /** {@code xen_callback_t}, 8 bytes: guest virtual address. */
    public static final int ADDRESS = 8;

    /** Size of the whole structure in bytes. */
    public static final int SIZE = 16;
}
