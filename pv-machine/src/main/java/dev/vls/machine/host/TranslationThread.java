package dev.vls.machine.host;

import dev.vls.machine.cpu.translate.TranslationQueue;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import jdk.jfr.Category;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;

/** Compiles translations beside the machine, in the order in which they came. */
public final class TranslationThread implements TranslationQueue, AutoCloseable {
    private static final int TASKS_MAX = 256;

    /** Calls of a new region that are too few for HotSpot to compile it, and are timed. */
    private static final int TIMED_CALLS = 16;

    private static final int TIMES = 3;

    /** More than HotSpot's Tier3InvocationThreshold. */
    private static final int WARM_UP_CALLS = 256;

    /** Between two looks at whether HotSpot has compiled a region, at first and at most. */
    private static final int LOOK_MILLIS_MIN = 2;

    private static final int LOOK_MILLIS_MAX = 256;

    /**
     * How often to look: for some two seconds. HotSpot prefers what is called often, so it may take
     * the machine itself to have a region compiled.
     */
    private static final int LOOKS_MAX = 14;

    private final TranslationMonitor monitor = new TranslationMonitor();
    private final AtomicInteger tasks = new AtomicInteger();
    private final AtomicInteger mostTasks = new AtomicInteger();
    private final AtomicLong compileNanos = new AtomicLong();
    private final ScheduledThreadPoolExecutor executor =
            new ScheduledThreadPoolExecutor(
                    1, Thread.ofPlatform().daemon().name("translator").factory());

    /** Counts what becomes of the translations. */
    public TranslationMonitor monitor() {
        return monitor;
    }

    /** Time spent on making classes so far, nanoseconds; HotSpot compiling them is not in it. */
    public long compileNanos() {
        return compileNanos.get();
    }

    /** Most tasks that waited at once. */
    public int mostTasks() {
        return mostTasks.get();
    }

    @Override
    public boolean offer(Task task) {
        if (tasks.get() >= TASKS_MAX) {
            return false;
        }
        mostTasks.accumulateAndGet(tasks.incrementAndGet(), Math::max);
        executor.execute(() -> compile(task));
        return true;
    }

    private void compile(Task task) {
        long interpretedNanos = 0;
        try {
            long start = System.nanoTime();
            RegionCompiled event = new RegionCompiled();
            event.begin();
            task.compile();
            event.commit();
            compileNanos.addAndGet(System.nanoTime() - start);
            interpretedNanos = time(task);
            task.warmUp(WARM_UP_CALLS);
        } finally {
            tasks.decrementAndGet();
            publishWhenCompiled(task, interpretedNanos, 0);
        }
    }

    /**
     * Hands a region over when calling it has become fast, which is when HotSpot has compiled it:
     * in HotSpot's interpreter it would be slower than not translated.
     */
    private void publishWhenCompiled(Task task, long interpretedNanos, int looks) {
        if (looks == LOOKS_MAX || time(task) < interpretedNanos / 2) {
            task.publish();
            return;
        }
        task.warmUp(WARM_UP_CALLS / 2);
        var _ =
                executor.schedule(
                        () -> publishWhenCompiled(task, interpretedNanos, looks + 1),
                        Math.min(LOOK_MILLIS_MIN << looks, LOOK_MILLIS_MAX),
                        TimeUnit.MILLISECONDS);
    }

    /** Nanoseconds of some calls, the best of a few times. */
    private static long time(Task task) {
        long best = Long.MAX_VALUE;
        for (int i = 0; i < TIMES; i++) {
            long start = System.nanoTime();
            task.warmUp(TIMED_CALLS);
            best = Math.min(best, System.nanoTime() - start);
        }
        return best;
    }

    @Override
    public void close() {
        executor.shutdownNow();
    }

    /** A region became a class; HotSpot has not compiled it yet. */
    @Name("dev.vls.RegionCompiled")
    @Label("Region Compiled")
    @Category({"vls", "Translator"})
    @StackTrace(false)
    static final class RegionCompiled extends Event {}
}
