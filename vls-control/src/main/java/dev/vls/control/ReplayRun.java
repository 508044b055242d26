package dev.vls.control;

import dev.vls.control.ReplayCommand.ReplayConsole;
import dev.vls.control.RunEnd.StopReason;
import dev.vls.machine.DomainLife;
import dev.vls.machine.Machine;
import dev.vls.machine.MachineExit;
import dev.vls.machine.OutputSink;
import dev.vls.machine.StateDigest;
import dev.vls.machine.cpu.translate.Engine;
import dev.vls.machine.device.block.DiskOperation;
import dev.vls.machine.device.block.DiskRequest;
import dev.vls.machine.device.net.FrameOffload;
import dev.vls.machine.domain.DomainImage.NamedBytes;
import dev.vls.machine.host.HostInputs;
import dev.vls.machine.host.TranslationThread;
import dev.vls.replay.CheckedFiles;
import dev.vls.replay.CheckpointTotals;
import dev.vls.replay.GuestDescription;
import dev.vls.replay.GuestFiles;
import dev.vls.replay.GuestHeader;
import dev.vls.replay.PackedGuest;
import dev.vls.replay.Recording;
import dev.vls.replay.ReplayCheckpoints;
import dev.vls.replay.ReplayDisks;
import dev.vls.replay.ReplayStarts;
import dev.vls.replay.Replayer;
import dev.vls.replay.StoredCheckpoint;
import dev.vls.trace.TraceException;
import dev.vls.trace.TraceHeader;
import dev.vls.trace.TraceReader;
import java.io.PrintWriter;
import java.lang.foreign.Arena;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/** A replay with its console on standard output. */
final class ReplayRun {
    private final ReplayCommand options;
    private final ReplayedTrace opened;
    private final TraceReader trace;
    private final PrintWriter errors;
    private final boolean verbose;

    ReplayRun(ReplayCommand options, ReplayedTrace trace, PrintWriter errors, boolean verbose) {
        this.options = options;
        this.opened = trace;
        this.trace = trace.reader();
        this.errors = errors;
        this.verbose = verbose;
    }

    /**
     * Replays.
     *
     * @return the exit code
     * @throws dev.vls.replay.DivergenceException at the first difference
     * @throws dev.vls.replay.ReplayException if that is not possible
     */
    int run() {
        TraceHeader header = trace.header();
        GuestDescription guest = GuestHeader.read(header);
        GuestFiles files = files(options, trace, guest);
        HostInputs nothing = new HostInputs();
        ConsoleTarget target =
                options.console == ReplayConsole.NONE
                        ? new ConsoleTarget.None()
                        : new ConsoleTarget.Output();
        try (StopControl stop = new StopControl(null);
                HostConsole console = HostConsole.open(target, nothing);
                TranslationThread translations = new TranslationThread();
                ReplayCheckpoints checkpoints = checkpoints(header);
                ReplayImages images = ReplayImages.open(header, options.disks, this::report)) {
            ReplayDisks disks = images.disks();
            StoredCheckpoint from = start(header);
            Replayer replayer =
                    new Replayer(
                            trace.eventsFrom(from == null ? 0 : from.nextEvent()),
                            from == null ? Replayer.Start.BOOT : from.start(),
                            guest.interfaces().size(),
                            disks,
                            options.isVerifying());
            if (checkpoints != null) {
                replayer.makeCheckpoints(checkpoints, () -> stop.reason() != StopReason.NONE);
            }
            World world = new World(console);
            Recording.Ports machinePorts = replayer.between(world);
            CountedInputs counted = new CountedInputs(machinePorts.inputs());
            StderrLog errorLog = new StderrLog(errors, console, verbose);
            LogTail log = new LogTail(errorLog);
            Engine engine = options.engine.choice.open(translations);
            try (EventOptions.Events events = options.eventOptions.open(errorLog::line, errors);
                    Machine machine =
                            from == null
                                    ? guest.boot(
                                            files, counted, machinePorts.outputs(), log, engine)
                                    : from.restore(
                                            guest, counted, machinePorts.outputs(), log, engine);
                    // Before the machine that it watches.
                    ReplayCheckpoints closedFirst = checkpoints) {
                machine.unansweredDiskRequests().forEach(disks::submit);
                machine.observe(events.listener());
                replayer.attach(
                        machine,
                        new DomainLife(
                                machine, guest.actions(), ended -> guest.restart(files, ended)));
                stop.attach(
                        () -> {
                            machine.requestStop();
                            console.release();
                        });
                console.start(stop);
                return run(replayer, machine, counted, world, stop, translations, closedFirst);
            }
        }
    }

    private @Nullable ReplayCheckpoints checkpoints(TraceHeader header) {
        if (options.checkpointEvery == 0) {
            return null;
        }
        if (!ReplayStarts.canBeLater(header)) {
            throw new CommandException(
                    ExitCode.UNUSABLE_INPUT,
                    "trace %s: no checkpoint would be of use: what disks hold is not in it (record --log-disk-data)"
                            .formatted(options.trace));
        }
        try {
            return ReplayCheckpoints.begin(opened.path(), trace, options.checkpointEvery);
        } catch (TraceException e) {
            throw unwritable(e, "make the trace's directory writable");
        }
    }

    private CommandException unwritable(TraceException e, String remedy) {
        return new CommandException(
                ExitCode.UNUSABLE_INPUT,
                "checkpoints %s: %s: %s"
                        .formatted(ReplayCheckpoints.fileOf(opened.path()), e.getMessage(), remedy),
                e);
    }

    /** Where the replay begins; null for the guest's boot. */
    private @Nullable StoredCheckpoint start(TraceHeader header) {
        if (options.from == null) {
            return opened.starts().first();
        }
        if (!ReplayStarts.canBeLater(header)) {
            report("what the disks held in between is not in the trace: from its start");
        }
        StoredCheckpoint begin = opened.starts().nearest(options.from);
        report("from instruction " + (begin == null ? 0 : begin.steps()));
        return begin;
    }

    private void report(String line) {
        errors.println("(vls) " + line);
        errors.flush();
    }

    /** The files that a trace's guest is built from: where they were, or where the user says. */
    static GuestFiles files(ReplayCommand options, TraceReader trace, GuestDescription guest) {
        String ramdisk = guest.ramdisk().isEmpty() ? null : guest.ramdisk();
        GuestFiles named =
                new NamedFiles(
                        options.kernel == null ? guest.kernel() : options.kernel,
                        options.ramdisk == null ? ramdisk : options.ramdisk);
        GuestFiles packed = new PackedGuest(trace, named);
        return new CheckedFiles(
                new GuestFiles() {
                    @Override
                    public NamedBytes kernel(Arena arena) {
                        return (options.kernel == null ? packed : named).kernel(arena);
                    }

                    @Override
                    public @Nullable NamedBytes ramdisk(Arena arena) {
                        return (options.ramdisk == null ? packed : named).ramdisk(arena);
                    }
                },
                trace.header());
    }

    private int run(
            Replayer replayer,
            Machine machine,
            CountedInputs counted,
            World world,
            StopControl stop,
            TranslationThread translations,
            @Nullable ReplayCheckpoints checkpoints) {
        long start = System.nanoTime();
        Replayer.Outcome outcome = replayer.run(options.to == null ? Long.MAX_VALUE : options.to);
        double seconds = (System.nanoTime() - start) / 1e9;
        RunEnd end = RunEnd.of(machine, outcome.exit(), stop.reason());
        if (checkpoints != null) {
            finish(checkpoints);
        }
        String reason = outcome.reason() == null ? end.name() : outcome.reason();
        if (options.statistics != null) {
            new RunStatistics(
                            machine.totalSteps(),
                            machine.translatedSteps(),
                            translations,
                            seconds,
                            counted.counts(),
                            trace.size(),
                            checkpoints == null ? CheckpointTotals.NONE : checkpoints.totals(),
                            world.outputs,
                            HexFormat.of().formatHex(StateDigest.sha256(machine.domain())),
                            reason)
                    .write(options.statistics);
        }
        if (options.isVerifying()) {
            errors.println(
                    "vls: %d digests compared, all equal%s"
                            .formatted(
                                    replayer.comparedDigests(),
                                    outcome.atEnd() ? "" : " up to " + replayer.place()));
            errors.flush();
        }
        boolean interrupted = !outcome.atEnd() && outcome.exit() == MachineExit.STOPPED;
        return interrupted ? ExitCode.INTERRUPTED : ExitCode.DONE;
    }

    private void finish(ReplayCheckpoints checkpoints) {
        try {
            checkpoints.finish();
            report("%d checkpoints made".formatted(checkpoints.totals().count()));
        } catch (TraceException e) {
            throw unwritable(e, "make room");
        }
    }

    /** Shows the console and lets go of the rest. */
    private static final class World implements OutputSink {
        private final HostConsole console;
        private long outputs;

        World(HostConsole console) {
            this.console = console;
        }

        @Override
        public void console(byte[] bytes, int offset, int length) {
            outputs++;
            console.write(bytes, offset, length);
        }

        @Override
        public void disk(DiskRequest request) {
            if (request.operation() != DiskOperation.READ) {
                outputs++;
            }
        }

        @Override
        public void networkFrame(
                int device, byte[] bytes, int offset, int length, FrameOffload offload) {
            outputs++;
        }
    }
}
