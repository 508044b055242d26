package dev.vls.machine.host;

import dev.vls.machine.Input;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * The one queue in which inputs of a live machine wait, in the order in which they came: from
 * users, disks, networks, operators. Any thread may offer; an {@link dev.vls.machine.InputSource}
 * takes, and an idle machine waits here.
 *
 * <p>Each source says when it {@linkplain #open begins} and {@linkplain #close ends}, so that a
 * guest that waits for what can never come ends instead: a console until the end of its file, a
 * disk while requests are under way, a network as long as it is plugged in.
 */
public final class HostInputs {
    /** An empty element is no input, but a reason to look whether any can come. */
    private final LinkedBlockingQueue<Optional<Input>> queue = new LinkedBlockingQueue<>();

    private final AtomicInteger sources = new AtomicInteger();

    /** A source begins: inputs may come. */
    public void open() {
        sources.incrementAndGet();
    }

    /** A source that has {@linkplain #open begun} ends; what it offered before still counts. */
    public void close() {
        int left = sources.decrementAndGet();
        if (left < 0) {
            throw new IllegalStateException("more sources ended than began");
        }
        if (left == 0) {
            queue.add(Optional.empty());
        }
    }

    /** Gives an input to the machine. */
    public void offer(Input input) {
        queue.add(Optional.of(input));
    }

    /** Takes away the frames that wait, in their order; for a machine that stands still. */
    public List<Input.NetRx> takeFrames() {
        List<Input.NetRx> frames = new ArrayList<>();
        queue.removeIf(
                waiting -> waiting.orElse(null) instanceof Input.NetRx frame && frames.add(frame));
        return frames;
    }

    /** Makes an idle machine look up, because somebody asked it to stop: an input of no effect. */
    public void wake() {
        queue.add(Optional.of(new Input.Clock(0)));
    }

    /**
     * Whether nothing more can come. Look at the queue again after that: the last input may have
     * come in between.
     */
    boolean areEnded() {
        return sources.get() == 0;
    }

    /** The next input, null if none waits. */
    @Nullable Input poll() {
        Optional<Input> next = queue.poll();
        while (next != null && next.isEmpty()) {
            next = queue.poll();
        }
        return next == null ? null : next.get();
    }

    /** The next input if it is an operator's, null otherwise. */
    @Nullable Input pollControl() {
        Optional<Input> next = queue.peek();
        return next != null && next.orElse(null) instanceof Input.Control ? poll() : null;
    }

    /**
     * The next input; waits for it.
     *
     * @param nanoseconds at most; {@link Long#MAX_VALUE} for as long as it takes
     * @return null if the time is over, or the last source has ended
     */
    @Nullable Input await(long nanoseconds) throws InterruptedException {
        Optional<Input> next =
                nanoseconds == Long.MAX_VALUE
                        ? queue.take()
                        : queue.poll(nanoseconds, TimeUnit.NANOSECONDS);
        return next == null ? null : next.orElse(null);
    }
}
