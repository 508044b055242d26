package dev.vls.control;

import dev.vls.control.RunEnd.StopReason;
import dev.vls.machine.Machine;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Ends a run from outside: after a time, or when the JVM is told to end (Ctrl-C, SIGTERM), which
 * then waits until statistics are written.
 */
final class StopControl implements AutoCloseable {
    private static final long PATIENCE_SECONDS = 10;

    private final Machine machine;
    private final RunHost host;
    private final CountDownLatch finished = new CountDownLatch(1);
    private final Thread hook = new Thread(this::onExit, "vls-stop");
    private volatile StopReason reason = StopReason.NONE;

    StopControl(Machine machine, RunHost host, @Nullable Double timeoutSeconds) {
        this.machine = machine;
        this.host = host;
        Runtime.getRuntime().addShutdownHook(hook);
        if (timeoutSeconds != null) {
            long nanoseconds = (long) Math.min(timeoutSeconds * 1e9, Long.MAX_VALUE);
            Thread timer = new Thread(() -> onTimeout(nanoseconds), "vls-timeout");
            timer.setDaemon(true);
            timer.start();
        }
    }

    /** Who stopped the machine, if anybody. */
    StopReason reason() {
        return reason;
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

    private void stop(StopReason why) {
        if (reason == StopReason.NONE) {
            reason = why;
        }
        machine.requestStop();
        host.wake();
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
