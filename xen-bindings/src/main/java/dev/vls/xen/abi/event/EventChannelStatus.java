package dev.vls.xen.abi.event;

import dev.vls.xen.abi.ConstantNames;
import dev.vls.xen.abi.XenNumbers;

/**
 * Values of {@link EvtchnStatus#STATUS}.
 *
 * <p>Source: {@code public/event_channel.h}, {@code EVTCHNSTAT_*}.
 */
@XenNumbers(header = "event_channel.h", prefix = "EVTCHNSTAT_")
public final class EventChannelStatus {
    private EventChannelStatus() {}

    public static final int CLOSED = 0;
    public static final int UNBOUND = 1;
    public static final int INTERDOMAIN = 2;
    public static final int PIRQ = 3;
    public static final int VIRQ = 4;
    public static final int IPI = 5;

    /**
     * Name of a number for logs.
     *
     * @param number any int
     * @return the constant's name in this class, or {@code "evtchn status "} followed by the number
     */
    public static String name(int number) {
        return Names.TABLE.name(number);
    }

    /** Built when the first name is asked for, not when the constants are used. */
    private static final class Names {
        static final ConstantNames TABLE =
                ConstantNames.of(EventChannelStatus.class, "evtchn status ");
    }
}
