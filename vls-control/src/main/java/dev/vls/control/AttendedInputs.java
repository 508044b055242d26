package dev.vls.control;

import dev.vls.machine.Input;
import dev.vls.machine.InputSource;
import dev.vls.machine.host.HostInputs;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Passes inputs on, and lets other threads look at the machine where it asks for them: between two
 * instructions, on the machine's own thread. Looking is no input and leaves no trace.
 */
final class AttendedInputs implements InputSource {
    private final InputSource source;
    private final HostInputs inputs;
    private final Runnable each;
    private final ConcurrentLinkedQueue<Runnable> visits = new ConcurrentLinkedQueue<>();
    private final ConcurrentLinkedQueue<Runnable> pauses = new ConcurrentLinkedQueue<>();
    private volatile Runnable stopper = () -> {};

    /**
     * @param each done at every place at which the machine asks, so it has to be quick
     */
    AttendedInputs(InputSource source, HostInputs inputs, Runnable each) {
        this.source = source;
        this.inputs = inputs;
        this.each = each;
    }

    /** Looks at the machine as soon as it gets there; from any thread. */
    <T> CompletableFuture<T> visit(Supplier<T> look) {
        return add(visits, look);
    }

    /**
     * Does something with the machine while it stands still between two steps, all that was pending
     * delivered: a state that can be saved. From any thread.
     */
    <T> CompletableFuture<T> pause(Supplier<T> work) {
        return add(pauses, work);
    }

    private <T> CompletableFuture<T> add(ConcurrentLinkedQueue<Runnable> queue, Supplier<T> work) {
        CompletableFuture<T> result = new CompletableFuture<>();
        queue.add(
                () -> {
                    try {
                        result.complete(work.get());
                    } catch (RuntimeException e) {
                        result.completeExceptionally(e);
                    }
                });
        inputs.wake();
        return result;
    }

    /** How the machine is stopped for a {@link #pause}. */
    void setStopper(Runnable stops) {
        stopper = stops;
    }

    /** The machine has stopped; answers whether that was for a {@link #pause}, which is over. */
    boolean attendPauses() {
        boolean any = false;
        for (Runnable pause = pauses.poll(); pause != null; pause = pauses.poll()) {
            pause.run();
            any = true;
        }
        return any;
    }

    private void attend() {
        each.run();
        for (Runnable visit = visits.poll(); visit != null; visit = visits.poll()) {
            visit.run();
        }
    }

    @Override
    public long runLimit(int vcpu, long instructionCount) {
        return source.runLimit(vcpu, instructionCount);
    }

    @Override
    public @Nullable Input poll(int vcpu, long instructionCount, long systemTime) {
        attend();
        if (!pauses.isEmpty()) {
            stopper.run();
        }
        return source.poll(vcpu, instructionCount, systemTime);
    }

    @Override
    public @Nullable Input await(int vcpu, long instructionCount, long systemTime, long deadline) {
        attend();
        attendPauses();
        return source.await(vcpu, instructionCount, systemTime, deadline);
    }
}
