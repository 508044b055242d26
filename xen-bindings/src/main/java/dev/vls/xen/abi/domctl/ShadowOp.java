package dev.vls.xen.abi.domctl;

import dev.vls.xen.abi.XenNumbers;

/**
 * Operations and mode bits of {@code XEN_DOMCTL_shadow_op}.
 *
 * <p>Source: {@code public/domctl.h}, {@code XEN_DOMCTL_SHADOW_*}.
 */
@XenNumbers(header = "domctl.h", prefix = "XEN_DOMCTL_SHADOW_", lowerCase = false)
public final class ShadowOp {
    private ShadowOp() {}

    public static final int OP_OFF = 0;
    public static final int OP_ENABLE = 32;
    public static final int OP_CLEAN = 11;
    public static final int OP_PEEK = 12;
    public static final int OP_GET_ALLOCATION = 30;
    public static final int OP_SET_ALLOCATION = 31;
    public static final int OP_ENABLE_TEST = 1;
    public static final int OP_ENABLE_LOGDIRTY = 2;
    public static final int ENABLE_REFCOUNT = 2;
    public static final int ENABLE_LOG_DIRTY = 4;
    public static final int ENABLE_TRANSLATE = 8;
    public static final int ENABLE_EXTERNAL = 16;
    public static final int LOGDIRTY_FINAL = 1;
}
