package dev.vls.control;

import dev.vls.machine.DomainLife;
import dev.vls.machine.Machine;
import dev.vls.machine.MachineExit;
import dev.vls.machine.StateDigest;
import dev.vls.machine.cpu.translate.Engine;
import dev.vls.machine.host.TranslationThread;
import dev.vls.replay.DivergenceException;
import dev.vls.replay.GuestDescription;
import dev.vls.replay.GuestFiles;
import dev.vls.replay.HashedFiles;
import dev.vls.replay.Recording;
import dev.vls.replay.lockstep.Lockstep;
import dev.vls.replay.lockstep.LockstepDifference;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/** Boots a guest among the host's devices and runs it to its end, recorded or not. */
final class LiveRun {
    private final RunOptions options;
    private final PrintWriter errors;
    private final boolean verbose;
    private final @Nullable RestoredGuest past;

    /**
     * @param options that were checked
     */
    LiveRun(RunOptions options, PrintWriter errors, boolean verbose) {
        this(options, null, errors, verbose);
    }

    /**
     * A run of a guest that has a past.
     *
     * @param options that do not contradict it
     */
    LiveRun(RunOptions options, @Nullable RestoredGuest past, PrintWriter errors, boolean verbose) {
        this.options = options;
        this.past = past;
        this.errors = errors;
        this.verbose = verbose;
    }

    /**
     * Runs the guest.
     *
     * @param target null to record nothing
     * @return the exit code
     */
    int run(@Nullable TraceTarget target) {
        // Opened first, closed last: while it is open a signal waits for all of the rest.
        try (StopControl stop = new StopControl(options.host.timeoutSeconds);
                ControlSocket socket =
                        ControlSocket.open(
                                options.host.name, options.kernel, options.host.console, errors);
                RecordedDisks recordedDisks =
                        target == null ? null : RecordedDisks.create(options.disks, target.path());
                RunHost host = new RunHost(options.host.console, options.clock, options.seed);
                TranslationThread translations = new TranslationThread()) {
            StderrLog errorLog = new StderrLog(errors, host.console(), verbose);
            LogTail log = new LogTail(errorLog);
            GuestFiles named = new NamedFiles(options.kernel, options.ramdisk);
            HashedFiles hashed = target == null ? null : HashedFiles.of(named);
            host.openDisks(recordedDisks == null ? options.disks : recordedDisks.used(), log::line);
            host.openNetworks(options.host.networks, log::line);
            GuestDescription guest =
                    past == null ? NewGuest.describe(options, host) : past.plugged(host);
            if (past == null) {
                NewGuest.warnOfRamdisk(options, named, errors);
            }
            try (RunRecorder recorder =
                            target == null || recordedDisks == null || hashed == null
                                    ? RunRecorder.none(named)
                                    : RunRecorder.begin(
                                            target,
                                            guest,
                                            hashed,
                                            recordedDisks.files(host.openedDisks()),
                                            options.engine.open(translations),
                                            stop,
                                            log::line);
                    EventOptions.Events events = options.eventOptions.open(errorLog::line, errors);
                    Lockstep lockstep = lockstep(guest, target, recorder, log)) {
                if (recordedDisks != null) {
                    recordedDisks.keep();
                }
                return boot(
                        guest, recorder, lockstep, events, host, stop, socket, log, translations);
            }
        } catch (DivergenceException e) {
            // All that the run has used is closed: there is room to look for the difference.
            if (target != null) {
                DivergenceReport.afterCheck(Path.of(target.path()), e.divergence, errors);
            }
            throw new CommandException(
                    ExitCode.DIVERGENCE, "the replay beside the recording " + e.getMessage(), e);
        }
    }

    private static @Nullable String whyNotAttached(
            RunRecorder recorder, @Nullable Lockstep lockstep) {
        if (lockstep != null) {
            return "a guest in lockstep cannot be recorded on the way";
        }
        return recorder.isRecording() ? "the guest is recorded already" : null;
    }

    private @Nullable Lockstep lockstep(
            GuestDescription guest,
            @Nullable TraceTarget target,
            RunRecorder recorder,
            LogTail log) {
        if (options.engine != LiveEngine.LOCKSTEP) {
            return null;
        }
        if (target != null && target.checkpointSteps() > 0) {
            throw new CommandException(
                    ExitCode.USAGE,
                    "--engine lockstep takes no checkpoints: leave out --checkpoint-every");
        }
        return new Lockstep(guest, recorder.files(), options.seed, log::line);
    }

    private int boot(
            GuestDescription guest,
            RunRecorder recorder,
            @Nullable Lockstep lockstep,
            EventOptions.Events events,
            RunHost host,
            StopControl stop,
            ControlSocket socket,
            LogTail log,
            TranslationThread translations) {
        Attachment attachment =
                new Attachment(
                        guest,
                        recorder.files(),
                        host.ports(),
                        host,
                        whyNotAttached(recorder, lockstep),
                        log::line);
        Recording.Ports live = attachment.ports();
        Recording.Ports ports = recorder.between(lockstep == null ? live : lockstep.between(live));
        try (Machine machine =
                start(guest, recorder, ports, host, log, options.engine.open(translations))) {
            machine.observe(events.listener());
            recorder.attach(machine);
            host.onRelease(
                    () -> {
                        recorder.release();
                        attachment.release();
                    });
            stop.attach(
                    () -> {
                        machine.requestStop();
                        host.release();
                        if (stop.reason() == RunEnd.StopReason.INTERRUPTED) {
                            recorder.abandonCheck();
                        }
                    });
            boolean alone = !recorder.isRecording() && lockstep == null;
            RunningDomain domain =
                    new RunningDomain(
                            socket.name(),
                            options.kernel,
                            options.memory.bytes() >> 10,
                            machine,
                            host,
                            stop,
                            alone ? new SnapshotSaver(machine, host, guest) : null,
                            attachment,
                            log,
                            null,
                            alone
                                    ? new Promotion(
                                            socket.name(),
                                            guest,
                                            recorder.files(),
                                            host,
                                            stop,
                                            attachment,
                                            log::line)
                                    : null);
            socket.serve(domain);
            RunEnd end =
                    run(machine, guest, host, stop, recorder, attachment, lockstep, translations);
            domain.ended(end);
            recorder.finishCheck(log::line);
            if (end.message() != null) {
                throw new CommandException(end.exitCode(), end.message());
            }
            return end.exitCode();
        }
    }

    /** Boots the guest, or makes it what it was. */
    private Machine start(
            GuestDescription guest,
            RunRecorder recorder,
            Recording.Ports ports,
            RunHost host,
            LogTail log,
            Engine engine) {
        if (past == null) {
            return guest.boot(recorder.files(), ports.inputs(), ports.outputs(), log, engine);
        }
        Machine machine = past.machine(ports.inputs(), ports.outputs(), log, engine);
        host.continueFrom(machine);
        return machine;
    }

    private RunEnd run(
            Machine machine,
            GuestDescription guest,
            RunHost host,
            StopControl stop,
            RunRecorder recorder,
            Attachment attachment,
            @Nullable Lockstep lockstep,
            TranslationThread translations) {
        host.start(machine, stop);
        if (options.shutdownOptions.preserve()) {
            host.awaitOperators();
        }
        long start = System.nanoTime();
        DomainLife life =
                new DomainLife(
                        machine, guest.actions(), ended -> guest.restart(recorder.files(), ended));
        long steps =
                options.host.maxInstructions == null
                        ? Long.MAX_VALUE
                        : options.host.maxInstructions;
        MachineExit exit =
                lockstep == null
                        ? withPauses(machine, life, steps, host, stop, recorder, attachment)
                        : inLockstep(lockstep, machine, life, steps);
        double seconds = (System.nanoTime() - start) / 1e9;
        RunEnd end = RunEnd.of(machine, exit, stop.reason());
        attachment.runEnded(machine, end);
        if (recorder.isRecording() || options.host.statistics != null) {
            byte[] digest = StateDigest.sha256(machine.domain());
            recorder.end(machine, end, digest);
            writeStatistics(machine, host, recorder, translations, end, seconds, digest);
        }
        return end;
    }

    /** Runs the guest, and goes on after each pause that somebody wanted. */
    private static MachineExit withPauses(
            Machine machine,
            DomainLife life,
            long steps,
            RunHost host,
            StopControl stop,
            RunRecorder recorder,
            Attachment attachment) {
        MachineExit exit = recorder.run(life, steps, stop);
        while (exit == MachineExit.STOPPED && stop.reason() == RunEnd.StopReason.NONE) {
            boolean paused = host.inputs().attendPauses();
            if (!attachment.serve(machine) && !paused) {
                return exit;
            }
            exit = recorder.run(life, steps, stop);
        }
        return exit;
    }

    private MachineExit inLockstep(
            Lockstep lockstep, Machine machine, DomainLife life, long steps) {
        try {
            MachineExit exit = lockstep.run(machine, life, steps);
            errors.println(
                    "vls: the engines were compared %d times, always equal"
                            .formatted(lockstep.comparisons()));
            return exit;
        } catch (LockstepDifference e) {
            e.report().forEach(errors::println);
            throw new CommandException(ExitCode.DIVERGENCE, "the engines differ", e);
        } finally {
            errors.flush();
        }
    }

    private void writeStatistics(
            Machine machine,
            RunHost host,
            RunRecorder recorder,
            TranslationThread translations,
            RunEnd end,
            double seconds,
            byte[] digest) {
        if (options.host.statistics != null) {
            new RunStatistics(
                            machine.totalSteps(),
                            machine.translatedSteps(),
                            translations,
                            seconds,
                            host.countedInputs().counts(),
                            recorder.logBytes(),
                            recorder.checkpointTotals(),
                            host.outputCount(),
                            HexFormat.of().formatHex(digest),
                            end.name())
                    .write(options.host.statistics);
        }
    }
}
