package dev.vls.replay;

import dev.vls.machine.Input;
import dev.vls.machine.InputSource;
import dev.vls.machine.control.ControlCommandParser;
import dev.vls.machine.device.net.FrameOffload;
import dev.vls.trace.TraceEvent;
import org.jspecify.annotations.Nullable;

/**
 * Gives a machine the inputs of a trace at their places, and has digests compared at theirs. At the
 * end of the trace the machine is made to stop.
 */
final class TraceInputs implements InputSource {
    /** Beyond this the times of timers could overflow. */
    private static final long TIME_MAX = 1L << 62;

    /** What a replay does about what is no input. */
    interface Listener {
        /** The machine is where a digest was taken. */
        void digest(TraceEvent.Digest digest, long event);

        /** A request to a disk was done; answers what is to be given for it. */
        Input blockDone(TraceEvent.BlockDone done);

        /** There is nothing more: the machine is to stop right here. */
        void end();

        /** The machine is not where the trace has its next event. */
        DivergenceException misplaced(int vcpu, long instructionCount, TraceEvent next, long event);
    }

    private final EventSource events;
    private final int networks;
    private final Listener listener;
    private long event;

    /** Looked up when it is needed and not before: a source that is live waits for it. */
    private @Nullable TraceEvent next;

    private boolean exhausted;
    private boolean ended;

    /**
     * @param events from the first event behind the state that the machine is in
     * @param networks interfaces that the machine has
     */
    TraceInputs(EventSource events, int networks, Listener listener) {
        this.events = events;
        this.networks = networks;
        this.listener = listener;
        this.event = events.nextEvent();
    }

    /** Number of the next event. */
    long nextEvent() {
        return event;
    }

    /** The next event; null if there is none. */
    @Nullable TraceEvent next() {
        if (next == null) {
            next = exhausted ? null : events.next();
            exhausted = next == null;
        }
        return next;
    }

    /** Passes over the next event. */
    void advance() {
        next = null;
        event++;
    }

    @Override
    public long runLimit(int vcpu, long instructionCount) {
        TraceEvent e = next();
        if (e == null || e.vcpu() != vcpu) {
            return Long.MAX_VALUE;
        }
        if (e.instructionCount() <= instructionCount && !ended) {
            throw listener.misplaced(vcpu, instructionCount, e, event);
        }
        return Math.max(e.instructionCount(), instructionCount + 1);
    }

    @Override
    public @Nullable Input poll(int vcpu, long instructionCount, long systemTime) {
        while (!ended) {
            TraceEvent e = next();
            if (e == null) {
                stop();
                return null;
            }
            if (e.vcpu() != vcpu || e.instructionCount() != instructionCount) {
                return null;
            }
            if (e instanceof TraceEvent.End) {
                stop();
                return null;
            }
            long number = event;
            advance();
            if (e instanceof TraceEvent.Digest digest) {
                listener.digest(digest, number);
            } else {
                return input(e, systemTime);
            }
        }
        return null;
    }

    private void stop() {
        ended = true;
        listener.end();
    }

    @Override
    public @Nullable Input await(int vcpu, long instructionCount, long systemTime, long deadline) {
        Input input = poll(vcpu, instructionCount, systemTime);
        TraceEvent e = ended ? null : next();
        if (input == null && e != null) {
            throw listener.misplaced(vcpu, instructionCount, e, event);
        }
        return input;
    }

    private Input input(TraceEvent e, long systemTime) {
        return switch (e) {
            case TraceEvent.Clock clock -> clock(clock, systemTime);
            case TraceEvent.ConsoleIn typed -> new Input.ConsoleIn(typed.data().toArray());
            case TraceEvent.NetRx frame ->
                    new Input.NetRx(
                            network(frame.device()),
                            frame.frame().toArray(),
                            offload(frame.offload()));
            case TraceEvent.Link link ->
                    new Input.NetCarrier(network(link.device()), link.carrier());
            case TraceEvent.BlockDone done -> listener.blockDone(done);
            case TraceEvent.Control control -> control(control);
            case TraceEvent.End end -> throw new IllegalStateException("the end is no input");
            case TraceEvent.Digest digest -> throw new IllegalStateException("nor is a digest");
        };
    }

    private static Input clock(TraceEvent.Clock clock, long systemTime) {
        if (clock.nanoseconds() > TIME_MAX - systemTime) {
            throw new ReplayException("the trace puts the clock beyond what the machine can count");
        }
        return new Input.Clock(clock.nanoseconds());
    }

    private int network(int device) {
        if (device >= networks) {
            throw new ReplayException("the trace has an input for network device " + device);
        }
        return device;
    }

    private static Input control(TraceEvent.Control control) {
        String text =
                control.argument().isEmpty()
                        ? control.command()
                        : control.command() + ' ' + control.argument();
        try {
            return new Input.Control(ControlCommandParser.parse(text));
        } catch (IllegalArgumentException e) {
            throw new ReplayException(
                    "the trace has a command that the machine does not know (%s)"
                            .formatted(e.getMessage()),
                    e);
        }
    }

    private static FrameOffload offload(TraceEvent.Offload offload) {
        return switch (offload.checksum()) {
            case NONE -> FrameOffload.NONE;
            case VALIDATED -> FrameOffload.VALIDATED;
            case BLANK ->
                    offload.gsoSize() == 0
                            ? FrameOffload.BLANK
                            : FrameOffload.segments(offload.gsoType(), offload.gsoSize());
        };
    }
}
