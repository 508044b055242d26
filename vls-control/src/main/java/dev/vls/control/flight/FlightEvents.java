package dev.vls.control.flight;

import jdk.jfr.FlightRecorder;

/**
 * Commits events if somebody records. Without a recorder no event's class is loaded: a take-over
 * has no time for that.
 */
public final class FlightEvents {
    private FlightEvents() {}

    /** This side goes on for a leader, so long behind the arbiter's word. */
    public static void tookOver(long epoch, long nanos) {
        if (FlightRecorder.isInitialized()) {
            TakeOverEvent event = new TakeOverEvent();
            event.epoch = epoch;
            event.sinceDecision = nanos;
            event.commit();
        }
    }

    /** Somebody else goes on for this leader, on purpose. */
    public static void handedOver(long epoch) {
        if (FlightRecorder.isInitialized()) {
            HandOverEvent event = new HandOverEvent();
            event.epoch = epoch;
            event.commit();
        }
    }

    /** The guest was sent; it stood still for so long at its instant. */
    public static void sent(int rounds, long pages, long pagesBehindInstant, long pauseNanos) {
        if (FlightRecorder.isInitialized()) {
            GuestSentEvent event = new GuestSentEvent();
            event.rounds = rounds;
            event.pages = pages;
            event.pagesBehindInstant = pagesBehindInstant;
            event.pause = pauseNanos;
            event.commit();
        }
    }

    /** How far the slowest follower is behind, and what the gate holds. */
    public static void lag(long nanos, long heldBytes, long heldOutputs) {
        if (FlightRecorder.isInitialized()) {
            LagEvent event = new LagEvent();
            event.lag = nanos;
            event.heldBytes = heldBytes;
            event.heldOutputs = heldOutputs;
            event.commit();
        }
    }
}
