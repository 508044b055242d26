package dev.vls.xen.abi.sched;

import dev.vls.xen.abi.XenStruct;

/**
 * Argument of {@code SCHEDOP_pin_override}.
 *
 * <p>Source: {@code public/sched.h}, {@code struct sched_pin_override}.
 */
@XenStruct(type = "struct sched_pin_override", header = "sched.h")
public final class SchedPinOverride {
    private SchedPinOverride() {}

    /** {@code int32_t}, 4 bytes: negative to undo. */
    public static final int PCPU = 0;

    /** Size of the whole structure in bytes. */
    public static final int SIZE = 4;
}
