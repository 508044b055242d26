package dev.vls.xen.abi.event;

import dev.vls.xen.abi.XenConstant;
import dev.vls.xen.abi.XenStruct;

/**
 * A vCPU's heads of the FIFO event queues.
 *
 * <p>Source: {@code public/event_channel.h}, {@code struct evtchn_fifo_control_block}.
 */
@XenStruct(type = "struct evtchn_fifo_control_block", header = "event_channel.h")
public final class EvtchnFifoControlBlock {
    private EvtchnFifoControlBlock() {}

    /** {@code uint32_t}, 4 bytes: one bit per priority whose queue is not empty. */
    public static final int READY = 0;

    /** {@code uint32_t [16]}, 64 bytes: first port of each queue. */
    public static final int HEAD = 8;

    /** Number of elements of {@code head}. */
    @XenConstant("ARRAY_LENGTH(struct evtchn_fifo_control_block, head)")
    public static final int HEAD_LENGTH = 16;

    /** Size of the whole structure in bytes. */
    public static final int SIZE = 72;
}
