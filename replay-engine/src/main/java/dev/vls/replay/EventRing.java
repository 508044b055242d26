package dev.vls.replay;

import com.lmax.disruptor.BusySpinWaitStrategy;
import com.lmax.disruptor.EventPoller;
import com.lmax.disruptor.RingBuffer;
import dev.vls.machine.Input;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * The one way from the machine's thread to everything that wants to know its inputs. One thread
 * publishes; each consumer reads at its own pace, and a slow one makes the publisher wait: nothing
 * is dropped. What consumers have passed can be told by their sequences.
 *
 * <p>Publishing allocates nothing and wakes nobody: consumers look by themselves. Slots refer to
 * the inputs' own arrays, so what all slots together keep alive is bounded as well.
 */
final class EventRing {
    /** A power of two. */
    static final int SLOTS = 1 << 14;

    /** Payload bytes that wait for consumers before the publisher does. */
    static final long PAYLOAD_BYTES_MAX = 16 << 20;

    /** Publications between two looks at what consumers have passed. */
    private static final int CLEAR_EVERY = 256;

    private static final long FULL_NANOSECONDS = 100_000;

    // Nobody waits by the strategy: it is one whose signal costs nothing.
    private final RingBuffer<RecordedEvent> ring =
            RingBuffer.createSingleProducer(RecordedEvent::new, SLOTS, new BusySpinWaitStrategy());

    // The publisher's own.
    private long cleared = -1;
    private long payloadBytes;

    /** A consumer's own view: it sees what is published from now on, and holds the publisher up. */
    EventPoller<RecordedEvent> newConsumer() {
        EventPoller<RecordedEvent> poller = ring.newPoller();
        ring.addGatingSequences(poller.getSequence());
        return poller;
    }

    /** A consumer is held up for no more. */
    void remove(EventPoller<RecordedEvent> consumer) {
        ring.removeGatingSequence(consumer.getSequence());
    }

    /** The number of the last event that was published; -1 if none was. */
    long published() {
        return ring.getCursor();
    }

    /** The number of the last event that every consumer has passed. */
    long passed() {
        return ring.getMinimumGatingSequence();
    }

    /**
     * Publishes an input.
     *
     * @param payload bytes that the input and its data have
     * @param diskData what was read, if that is logged
     */
    void publish(
            int vcpu, long instructionCount, Input input, int payload, byte @Nullable [] diskData) {
        long sequence = claim(payload);
        RecordedEvent slot = place(sequence, vcpu, instructionCount, payload);
        slot.input = input;
        slot.diskData = diskData;
        ring.publish(sequence);
    }

    void publish(int vcpu, long instructionCount, PlaceDigest digest) {
        long sequence = claim(digest.bytes());
        place(sequence, vcpu, instructionCount, digest.bytes()).digest = digest;
        ring.publish(sequence);
    }

    void publish(int vcpu, long instructionCount, RecordingEnd end) {
        long sequence = claim(0);
        place(sequence, vcpu, instructionCount, 0).end = end;
        ring.publish(sequence);
    }

    private long claim(int payload) {
        if ((ring.getCursor() & (CLEAR_EVERY - 1)) == 0
                || payloadBytes + payload > PAYLOAD_BYTES_MAX) {
            clearPassed();
            while (payloadBytes > 0 && payloadBytes + payload > PAYLOAD_BYTES_MAX) {
                LockSupport.parkNanos(FULL_NANOSECONDS);
                clearPassed();
            }
        }
        long sequence = ring.next();
        clearTo(sequence - SLOTS);
        return sequence;
    }

    private RecordedEvent place(long sequence, int vcpu, long instructionCount, int payload) {
        RecordedEvent slot = ring.get(sequence);
        slot.vcpu = vcpu;
        slot.instructionCount = instructionCount;
        slot.clear();
        slot.payloadBytes = payload;
        payloadBytes += payload;
        return slot;
    }

    /** Lets go of what all consumers have passed. */
    private void clearPassed() {
        clearTo(ring.getMinimumGatingSequence());
    }

    private void clearTo(long last) {
        // The most frequent inputs have no payload: there is nothing to let go of then.
        if (payloadBytes == 0) {
            cleared = Math.max(cleared, last);
            return;
        }
        while (cleared < last) {
            cleared++;
            RecordedEvent slot = ring.get(cleared);
            payloadBytes -= slot.payloadBytes;
            slot.clear();
        }
    }
}
