package dev.vls.replay;

import com.lmax.disruptor.EventPoller;
import dev.vls.trace.EventWriter;

/**
 * What a recorder publishes, for one thread that takes it when it likes. The machine waits if too
 * much waits to be taken.
 */
public final class LogTap implements AutoCloseable {
    private final EventRing ring;
    private final EventPoller<RecordedEvent> poller;

    LogTap(EventRing ring) {
        this.ring = ring;
        this.poller = ring.newConsumer();
    }

    /** Encodes all that was published since the last time. */
    public void drain(EventWriter to) {
        while (poll(to) == EventPoller.PollState.PROCESSING) {
            Thread.onSpinWait();
        }
    }

    private EventPoller.PollState poll(EventWriter to) {
        try {
            return poller.poll(
                    (event, sequence, endOfBatch) -> {
                        EventRecords.write(to, event);
                        return true;
                    });
        } catch (RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new IllegalStateException("the handler throws no checked exception", e);
        }
    }

    /** The machine waits no more. */
    @Override
    public void close() {
        ring.remove(poller);
    }
}
