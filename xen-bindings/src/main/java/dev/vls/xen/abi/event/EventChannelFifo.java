package dev.vls.xen.abi.event;

import dev.vls.xen.abi.XenNumbers;

/**
 * Event words of the FIFO ABI: bit positions in a 32-bit word, the link field below them,
 * priorities.
 *
 * <p>Source: {@code public/event_channel.h}, {@code EVTCHN_FIFO_*}.
 */
@XenNumbers(header = "event_channel.h", prefix = "EVTCHN_FIFO_", lowerCase = false)
public final class EventChannelFifo {
    private EventChannelFifo() {}

    public static final int PRIORITY_MAX = 0;
    public static final int PRIORITY_DEFAULT = 7;
    public static final int PRIORITY_MIN = 15;
    public static final int MAX_QUEUES = 16;

    /** Bit number. */
    public static final int PENDING = 31;

    /** Bit number. */
    public static final int MASKED = 30;

    /** Bit number: the word is in a queue. */
    public static final int LINKED = 29;

    /** Bit number: the link is being changed. */
    public static final int BUSY = 28;

    /** Width of the link field at bit 0. */
    public static final int LINK_BITS = 17;

    public static final int LINK_MASK = 131071;

    /** Ports that a link can name. */
    public static final int NR_CHANNELS = 131072;
}
