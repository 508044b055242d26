package dev.vls.xen.abi.callback;

import dev.vls.xen.abi.XenStruct;

/**
 * Argument of {@code XENNMI_register_callback}.
 *
 * <p>Source: {@code public/nmi.h}, {@code struct xennmi_callback}.
 */
@XenStruct(type = "struct xennmi_callback", header = "nmi.h")
public final class XennmiCallback {
    private XennmiCallback() {}

    /** {@code unsigned long}, 8 bytes: guest virtual address. */
    public static final int HANDLER_ADDRESS = 0;

    /** Size of the whole structure in bytes. */
    public static final int SIZE = 16;
}
