package dev.vls.machine.host;

import dev.vls.machine.Input;
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
    private final LinkedBlockingQueue<Input> queue = new LinkedBlockingQueue<>();
    private final AtomicInteger sources = new AtomicInteger();

    /** A source begins: inputs may come. */
    public void open() {
        sources.incrementAndGet();
    }

    /** A source that has {@linkplain #open begun} ends; what it offered before still counts. */
    public void close() {
        if (sources.decrementAndGet() < 0) {
            throw new IllegalStateException("more sources ended than began");
        }
        wake();
    }

    /** Gives an input to the machine. */
    public void offer(Input input) {
        queue.add(input);
    }

    /** Makes an idle machine look up, because somebody asked it to stop. */
    public void wake() {
        queue.add(new Input.Clock(0));
    }

    /** Whether nothing more can come, apart from what waits in the queue. */
    boolean areEnded() {
        return sources.get() == 0;
    }

    @Nullable Input poll() {
        return queue.poll();
    }

    /** The next input if it is an operator's, null otherwise. */
    @Nullable Input pollControl() {
        return queue.peek() instanceof Input.Control ? queue.poll() : null;
    }

    Input take() throws InterruptedException {
        return queue.take();
    }

    @Nullable Input poll(long nanoseconds) throws InterruptedException {
        return queue.poll(nanoseconds, TimeUnit.NANOSECONDS);
    }
}
