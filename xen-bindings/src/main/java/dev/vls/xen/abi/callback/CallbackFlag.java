package dev.vls.xen.abi.callback;

import dev.vls.xen.abi.XenNumbers;

/**
 * Bits of {@link CallbackRegister#FLAGS}.
 *
 * <p>Source: {@code public/callback.h}, {@code CALLBACKF_*}.
 */
@XenNumbers(header = "callback.h", prefix = "CALLBACKF_")
public final class CallbackFlag {
    private CallbackFlag() {}

    /** Mask events when the callback is entered. */
    public static final int MASK_EVENTS = 1;
}
