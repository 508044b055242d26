package dev.vls.machine.host;

import dev.vls.machine.cpu.translate.TranslationQueue;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** Compiles translations beside the machine, in the order in which they came. */
public final class TranslationThread implements TranslationQueue, AutoCloseable {
    private static final int TASKS_MAX = 64;

    /** Calls of a new region that are too few for HotSpot to compile it, and are timed. */
    private static final int TIMED_CALLS = 16;

    /** More than HotSpot's Tier3InvocationThreshold. */
    private static final int WARM_UP_CALLS = 256;

    /** Between two looks at whether HotSpot has compiled a region. */
    private static final int LOOK_MILLIS = 3;

    /** When to stop looking: after some ten seconds. */
    private static final int LOOKS_MAX = 3_000;

    private final AtomicInteger tasks = new AtomicInteger();
    private final ScheduledThreadPoolExecutor executor =
            new ScheduledThreadPoolExecutor(
                    1, Thread.ofPlatform().daemon().name("translator").factory());

    @Override
    public boolean offer(Task task) {
        if (tasks.get() >= TASKS_MAX) {
            return false;
        }
        tasks.incrementAndGet();
        executor.execute(() -> compile(task));
        return true;
    }

    private void compile(Task task) {
        long interpretedNanos = 0;
        try {
            task.compile();
            interpretedNanos = Math.min(time(task), time(task));
            task.warmUp(WARM_UP_CALLS);
        } finally {
            tasks.decrementAndGet();
            publishWhenCompiled(task, interpretedNanos, LOOKS_MAX);
        }
    }

    /**
     * Hands a region over when calling it has become fast, which is when HotSpot has compiled it:
     * in HotSpot's interpreter it would be slower than not translated.
     */
    private void publishWhenCompiled(Task task, long interpretedNanos, int looks) {
        if (looks == 0 || Math.min(time(task), time(task)) < interpretedNanos / 2) {
            task.publish();
            return;
        }
        var _ =
                executor.schedule(
                        () -> publishWhenCompiled(task, interpretedNanos, looks - 1),
                        LOOK_MILLIS,
                        TimeUnit.MILLISECONDS);
    }

    private static long time(Task task) {
        long start = System.nanoTime();
        task.warmUp(TIMED_CALLS);
        return System.nanoTime() - start;
    }

    @Override
    public void close() {
        executor.shutdownNow();
    }
}
