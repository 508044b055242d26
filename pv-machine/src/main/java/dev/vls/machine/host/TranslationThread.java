package dev.vls.machine.host;

import dev.vls.machine.cpu.translate.TranslationQueue;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** Compiles translations beside the machine, in the order in which they came. */
public final class TranslationThread implements TranslationQueue, AutoCloseable {
    private static final int TASKS_MAX = 64;

    /** What HotSpot takes to compile a region a first time, if nothing else waits. */
    private static final int WARM_UP_MILLIS = 20;

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
        try {
            task.compile();
            task.warmUp();
        } finally {
            tasks.decrementAndGet();
            var _ = executor.schedule(task::publish, WARM_UP_MILLIS, TimeUnit.MILLISECONDS);
        }
    }

    @Override
    public void close() {
        executor.shutdownNow();
    }
}
