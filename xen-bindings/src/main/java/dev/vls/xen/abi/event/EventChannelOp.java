package dev.vls.xen.abi.event;

import dev.vls.xen.abi.ConstantNames;
import dev.vls.xen.abi.XenNumbers;

/**
 * Operations of the {@code event_channel_op} hypercall.
 *
 * <p>Source: {@code public/event_channel.h}, {@code EVTCHNOP_*}.
 */
@XenNumbers(header = "event_channel.h", prefix = "EVTCHNOP_")
public final class EventChannelOp {
    private EventChannelOp() {}

    public static final int BIND_INTERDOMAIN = 0;
    public static final int BIND_VIRQ = 1;
    public static final int BIND_PIRQ = 2;
    public static final int CLOSE = 3;
    public static final int SEND = 4;
    public static final int STATUS = 5;
    public static final int ALLOC_UNBOUND = 6;
    public static final int BIND_IPI = 7;
    public static final int BIND_VCPU = 8;
    public static final int UNMASK = 9;
    public static final int RESET = 10;
    public static final int INIT_CONTROL = 11;
    public static final int EXPAND_ARRAY = 12;
    public static final int SET_PRIORITY = 13;

    /**
     * Name of a number for logs.
     *
     * @param number any int
     * @return the constant's name in this class, or {@code "event_channel_op "} followed by the
     *     number
     */
    public static String name(int number) {
        return Names.TABLE.name(number);
    }

    /** Built when the first name is asked for, not when the constants are used. */
    private static final class Names {
        static final ConstantNames TABLE =
                ConstantNames.of(EventChannelOp.class, "event_channel_op ");
    }
}
