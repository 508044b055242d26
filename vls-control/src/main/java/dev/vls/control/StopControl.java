package dev.vls.control;

import dev.vls.control.RunEnd.StopReason;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Ends a run from outside: after a time, on an operator's word, or when the JVM is told to end
 * (Ctrl-C, SIGTERM, SIGHUP), which then waits until statistics are written and the console has what
 * the guest wrote. Outlives all that a run opens.
 */
final class StopControl implements AutoCloseable {
    private static final long PATIENCE_SECONDS = 10;

    private final CountDownLatch finished = new CountDownLatch(1);
    private final Thread hook = new Thread(this::onExit, "vls-stop");
    private StopReason reason = StopReason.NONE;
    private @Nullable Runnable stopping;

    StopControl(@Nullable Double timeoutSeconds) {
        Runtime.getRuntime().addShutdownHook(hook);
        if (timeoutSeconds != null) {
            long nanoseconds = (long) Math.min(timeoutSeconds * 1e9, Long.MAX_VALUE);
            Thread timer = new Thread(() -> onTimeout(nanoseconds), "vls-timeout");
            timer.setDaemon(true);
            timer.start();
        }
    }

    /** This stops what runs from now on, from any thread; at once if that was asked for before. */
    synchronized void attach(Runnable stopsIt) {
        stopping = stopsIt;
        if (reason != StopReason.NONE) {
            stopsIt.run();
        }
    }

    /** Who stopped the machine, if anybody. */
    synchronized StopReason reason() {
        return reason;
    }

    /** Stops the machine; the first reason stays. From any thread. */
    synchronized void stop(StopReason why) {
        if (reason == StopReason.NONE) {
            reason = why;
        }
        if (stopping != null) {
            stopping.run();
        }
    }

    private void onTimeout(long nanoseconds) {
        try {
            if (!finished.await(nanoseconds, TimeUnit.NANOSECONDS)) {
                stop(StopReason.TIMEOUT);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void onExit() {
        stop(StopReason.INTERRUPTED);
        try {
            boolean ended = finished.await(PATIENCE_SECONDS, TimeUnit.SECONDS);
            if (!ended) {
                System.err.println("vls: the machine did not stop in time");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        finished.countDown();
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException alreadyEnding) {
            // The hook is what ended the run: the JVM ends with the signal's exit code.
            return;
        }
    }
}
