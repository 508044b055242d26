package dev.vls.replay;

import com.lmax.disruptor.EventPoller;
import dev.vls.trace.TraceEvent;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * The events of a recording that goes on, for who replays beside it: waits for what is not there
 * yet. How far it may be behind is bounded by the ring, which holds the recording up.
 */
final class LiveEvents implements EventSource {
    private static final int AHEAD_MAX = 1024;
    private static final long IDLE_NANOSECONDS = 1_000_000;

    private final EventPoller<RecordedEvent> poller;
    private final Queue<TraceEvent> taken = new ArrayDeque<>();
    private long nextEvent;
    private boolean ended;
    private volatile boolean abandoned;

    LiveEvents(EventRing ring) {
        poller = ring.newConsumer();
    }

    /** Nothing more is waited for. From any thread. */
    void abandon() {
        abandoned = true;
    }

    /** Null behind the end, and once nothing is waited for. */
    @Override
    public @Nullable TraceEvent next() {
        while (taken.isEmpty() && !ended && !abandoned) {
            if (poll() != EventPoller.PollState.PROCESSING) {
                LockSupport.parkNanos(this, IDLE_NANOSECONDS);
            }
        }
        TraceEvent event = taken.poll();
        if (event != null) {
            nextEvent++;
        }
        return event;
    }

    private EventPoller.PollState poll() {
        try {
            return poller.poll(
                    (slot, sequence, endOfBatch) -> {
                        TraceEvent event = InputEvents.event(slot);
                        taken.add(event);
                        ended |= event instanceof TraceEvent.End;
                        return taken.size() < AHEAD_MAX;
                    });
        } catch (RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new IllegalStateException("the handler throws no checked exception", e);
        }
    }

    @Override
    public long nextEvent() {
        return nextEvent;
    }

    /** Holds the recording up no more. */
    void leave(EventRing ring) {
        ring.remove(poller);
    }
}
