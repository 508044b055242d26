package dev.vls.control;

import dev.vls.control.trace.Printable;
import dev.vls.machine.cpu.translate.Engine;
import dev.vls.machine.cpu.translate.TranslationQueue;
import dev.vls.replay.Divergence;
import dev.vls.replay.GuestDescription;
import dev.vls.replay.GuestHeader;
import dev.vls.replay.ReplayException;
import dev.vls.replay.ReplayStarts;
import dev.vls.replay.locate.DivergenceLocator;
import dev.vls.replay.locate.Execution;
import dev.vls.replay.locate.Location;
import dev.vls.replay.locate.RepeatableRun;
import dev.vls.replay.locate.ReplayedRun;
import dev.vls.trace.EventCursor;
import dev.vls.trace.TraceEvent;
import dev.vls.trace.TraceException;
import dev.vls.trace.TraceReader;
import java.io.PrintWriter;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Looks for where runs part, and says what it finds on standard error. */
final class DivergenceReport {
    private static final int EVENTS_SHOWN = 16;

    private final ReplayCommand options;
    private final PrintWriter errors;

    DivergenceReport(ReplayCommand options, PrintWriter errors) {
        this.options = options;
        this.errors = errors;
    }

    /**
     * After a digest that differs: a trace has the digests of the state that it was recorded with,
     * not the state. So this looks whether the engines compute the interval alike, which is an
     * error of one of them if they do not; else it says what there is to know.
     */
    void locate(ReplayStarts trace, Divergence divergence) {
        RepeatableRun interpreted = run("interpreted", trace, Engine.INTERPRETER);
        Engine translator = Engine.translator(TranslationQueue.IMMEDIATE);
        RepeatableRun translated = run("translated", trace, translator);
        try {
            Location location =
                    new DivergenceLocator(interpreted, translated, this::line)
                            .locate(
                                    divergence.equal().totalSteps(),
                                    divergence.different().totalSteps());
            if (location != null) {
                report(location, interpreted, translated);
            } else {
                line("both engines execute this interval alike: what was recorded is another run,");
                line("by another build of vls, or with an input that is not what it was");
                inputs(trace.trace(), divergence);
                code(interpreted, divergence.different().totalSteps());
            }
        } catch (ReplayException e) {
            line("not located: " + e.getMessage());
        }
        errors.flush();
    }

    /**
     * After a replay beside a recording that came to something else: the trace is sealed. Looks for
     * the instruction as {@code vls replay --verify} does, and names that command if it cannot.
     */
    static void afterCheck(Path trace, Divergence divergence, PrintWriter errors) {
        errors.println("vls: the replay beside the recording " + divergence.message());
        String name = trace.toString();
        try (ReplayedTrace opened = ReplayedTrace.open(name, trace, errors::println)) {
            new DivergenceReport(new ReplayCommand(), errors).locate(opened.starts(), divergence);
        } catch (TraceException | CommandException e) {
            errors.println("  not located: %s".formatted(e.getMessage()));
            errors.println("  to look for it: vls replay --verify --console none " + name);
        }
        errors.flush();
    }

    /**
     * Executes two traces side by side.
     *
     * @return whether they are the same run
     * @throws ReplayException if one cannot be executed
     */
    boolean compare(ReplayStarts first, ReplayStarts second) {
        RepeatableRun one = run("in the first", first, Engine.INTERPRETER);
        RepeatableRun two = run("in the second", second, Engine.INTERPRETER);
        GuestDescription guest = GuestHeader.read(first.trace().header());
        GuestDescription other = GuestHeader.read(second.trace().header());
        if (guest.vcpus() != other.vcpus() || guest.memoryBytes() != other.memoryBytes()) {
            line("the guests have different numbers of vCPUs, or memory of different size");
            return false;
        }
        long both = Math.max(first.firstSteps(), second.firstSteps());
        if (first.firstSteps() != second.firstSteps()) {
            // Of inputs at one place a trace that begins there may have had some before.
            both++;
        }
        Location location =
                new DivergenceLocator(one, two, this::line)
                        .locate(both, both, Math.max(length(one), length(two)));
        if (location != null) {
            report(location, one, two);
        }
        errors.flush();
        return location == null;
    }

    private static long length(RepeatableRun run) {
        try (Execution execution = run.begin(Long.MAX_VALUE)) {
            execution.advance(Long.MAX_VALUE);
            return execution.machine().totalSteps();
        }
    }

    private RepeatableRun run(String name, ReplayStarts starts, Engine engine) {
        TraceReader trace = starts.trace();
        GuestDescription guest = GuestHeader.read(trace.header());
        return new ReplayedRun(
                name,
                starts,
                ReplayRun.files(options, trace, guest),
                () -> ReplayImages.open(trace.header(), options.disks, this::line),
                engine);
    }

    private void report(Location location, RepeatableRun first, RepeatableRun second) {
        location.report(first.name(), second.name()).forEach(this::line);
    }

    private void inputs(TraceReader trace, Divergence divergence) {
        EventCursor events = trace.eventsFrom(divergence.equal().event());
        int shown = 0;
        while (events.nextEvent() <= divergence.different().event()) {
            long number = events.nextEvent();
            TraceEvent event = events.next();
            if (event == null) {
                return;
            }
            if (!(event instanceof TraceEvent.Digest) && shown++ < EVENTS_SHOWN) {
                line("input " + Printable.of(number, event));
            }
        }
        if (shown > EVENTS_SHOWN) {
            line("and %d more inputs".formatted(shown - EVENTS_SHOWN));
        }
    }

    private void code(RepeatableRun run, long steps) {
        line("the instructions up to where the difference was seen:");
        DivergenceLocator.codeBefore(run, steps).forEach(this::line);
    }

    private void line(@Nullable String text) {
        errors.println("  " + text);
        errors.flush();
    }
}
