package dev.vls.xen.abi.event;

import dev.vls.xen.abi.XenStruct;

/**
 * Argument of {@code event_channel_op_compat}: a command and the union of its arguments.
 *
 * <p>Source: {@code public/event_channel.h}, {@code struct evtchn_op}.
 */
@XenStruct(type = "struct evtchn_op", header = "event_channel.h")
public final class EvtchnOp {
    private EvtchnOp() {}

    /** {@code uint32_t}, 4 bytes: {@link EventChannelOp}. */
    public static final int CMD = 0;

    /** {@code union}, 24 bytes: the arguments. */
    public static final int U = 4;

    /** Size of the whole structure in bytes. */
    public static final int SIZE = 28;
}
