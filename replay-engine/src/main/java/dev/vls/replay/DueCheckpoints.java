package dev.vls.replay;

import dev.vls.machine.Input;
import dev.vls.machine.InputSource;
import dev.vls.machine.Machine;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Stands between a machine and its inputs, and makes it stop where a checkpoint of it is due: at a
 * place at which it has been given all inputs that there are. The checkpoint is taken once it has
 * stopped. On the machine's thread.
 */
final class DueCheckpoints implements InputSource {
    private final InputSource source;
    private final BooleanSupplier ready;
    private final Consumer<Machine> take;
    private @Nullable Machine machine;

    /** Steps from one checkpoint to the next, and when the next is due; never for none. */
    private long steps;

    private long due = Long.MAX_VALUE;

    /** The machine was asked to stop for a checkpoint. */
    private boolean wanted;

    /**
     * @param ready whether one can be taken now, if it is due
     * @param take takes one of a machine that has stopped
     */
    DueCheckpoints(InputSource source, BooleanSupplier ready, Consumer<Machine> take) {
        this.source = source;
        this.ready = ready;
        this.take = take;
    }

    /** The machine whose inputs these are; none is due before. */
    void attach(Machine running) {
        machine = running;
    }

    /**
     * Takes a checkpoint every so many steps.
     *
     * @param from steps of all vCPUs together so far
     */
    void every(long stepsBetween, long from) {
        steps = stepsBetween;
        due = from + stepsBetween;
    }

    @Override
    public long runLimit(int vcpu, long instructionCount) {
        return source.runLimit(vcpu, instructionCount);
    }

    @Override
    public @Nullable Input poll(int vcpu, long instructionCount, long systemTime) {
        Input input = source.poll(vcpu, instructionCount, systemTime);
        if (input == null) {
            stopIfDue();
        }
        return input;
    }

    @Override
    public @Nullable Input await(int vcpu, long instructionCount, long systemTime, long deadline) {
        return stopIfDue() ? null : source.await(vcpu, instructionCount, systemTime, deadline);
    }

    /** The machine is asked to stop right here, if one is due. */
    private boolean stopIfDue() {
        Machine running = machine;
        if (running == null
                || running.totalSteps() < due
                || running.domain().isShutDown()
                || !ready.getAsBoolean()) {
            return false;
        }
        wanted = true;
        running.requestStop();
        return true;
    }

    /** Takes the one that the machine has stopped for; false if that is not why it has. */
    boolean takeDue() {
        Machine stopped = machine;
        if (!wanted || stopped == null) {
            return false;
        }
        wanted = false;
        takeNow(stopped);
        due = stopped.totalSteps() + steps;
        return true;
    }

    /** Takes one of a machine that has stopped. */
    void takeNow(Machine stopped) {
        take.accept(stopped);
    }
}
