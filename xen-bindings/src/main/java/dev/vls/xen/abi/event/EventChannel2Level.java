package dev.vls.xen.abi.event;

import dev.vls.xen.abi.XenNumbers;

/**
 * Limits of the two-level event channel ABI.
 *
 * <p>Source: {@code public/event_channel.h}, {@code EVTCHN_2L_*}.
 */
@XenNumbers(header = "event_channel.h", prefix = "EVTCHN_2L_", lowerCase = false)
public final class EventChannel2Level {
    private EventChannel2Level() {}

    /** Ports that the shared info page has bits for. */
    public static final int NR_CHANNELS = 4096;
}
