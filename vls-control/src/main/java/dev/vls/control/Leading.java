package dev.vls.control;

import dev.vls.control.RunEnd.StopReason;
import dev.vls.machine.DomainLife;
import dev.vls.machine.Machine;
import dev.vls.machine.MachineExit;
import dev.vls.machine.StateDigest;
import dev.vls.machine.host.TranslationThread;
import dev.vls.replay.CheckpointTotals;
import dev.vls.replay.GuestDescription;
import dev.vls.replay.GuestFiles;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/** Runs a machine that is led, from its boot or from where a follower took over, to its end. */
final class Leading {
    private final GuestDescription guest;
    private final GuestFiles files;
    private final Attachment attachment;
    private final HostOptions options;
    private final RunHost host;
    private final StopControl stop;
    private final ControlSocket socket;
    private final LogTail log;
    private final TranslationThread translations;

    /** Why a guest that is led has no other recording than the one from its start. */
    static final String NOT_ATTACHED =
            "a guest that is led cannot be recorded on the way: vls lead -o records it from its start";

    /** What the run has around it. */
    Leading(
            GuestDescription guest,
            GuestFiles files,
            Attachment attachment,
            HostOptions options,
            RunHost host,
            StopControl stop,
            ControlSocket socket,
            LogTail log,
            TranslationThread translations) {
        this.guest = guest;
        this.files = files;
        this.attachment = attachment;
        this.options = options;
        this.host = host;
        this.stop = stop;
        this.socket = socket;
        this.log = log;
        this.translations = translations;
    }

    /**
     * Runs the machine.
     *
     * @param life null for that of a domain which has not run yet
     * @param runs done when all is there and the machine begins to run
     * @return the exit code
     */
    int run(LeaderService leader, Machine machine, @Nullable DomainLife life, Runnable runs) {
        host.onRelease(
                () -> {
                    leader.release();
                    attachment.release();
                });
        stop.attach(
                () -> {
                    machine.requestStop();
                    host.release();
                });
        RunningDomain domain =
                new RunningDomain(
                        socket.name(),
                        guest.kernel(),
                        guest.memoryBytes() >> 10,
                        machine,
                        host,
                        stop,
                        null,
                        attachment,
                        log,
                        leader,
                        null);
        socket.serve(domain);
        host.start(machine, stop);
        runs.run();
        long start = System.nanoTime();
        MachineExit exit =
                run(
                        life == null
                                ? new DomainLife(
                                        machine,
                                        guest.actions(),
                                        ended -> guest.restart(files, ended))
                                : life);
        double seconds = (System.nanoTime() - start) / 1e9;
        RunEnd end = RunEnd.of(machine, exit, stop.reason());
        attachment.runEnded(machine, end);
        byte[] digest = StateDigest.sha256(machine.domain());
        leader.end(machine, end, digest);
        writeStatistics(machine, leader, end, seconds, digest);
        domain.ended(end);
        if (end.message() != null) {
            throw new CommandException(end.exitCode(), end.message());
        }
        return end.exitCode();
    }

    /** Goes on after each pause that somebody wanted. */
    private MachineExit run(DomainLife life) {
        long steps = options.maxInstructions == null ? Long.MAX_VALUE : options.maxInstructions;
        MachineExit exit = life.run(steps);
        while (exit == MachineExit.STOPPED && stop.reason() == StopReason.NONE) {
            if (!host.inputs().attendPauses()) {
                return exit;
            }
            exit = life.run(steps);
        }
        return exit;
    }

    private void writeStatistics(
            Machine machine, LeaderService leader, RunEnd end, double seconds, byte[] digest) {
        if (options.statistics != null) {
            var view = leader.view();
            new RunStatistics(
                            machine.totalSteps(),
                            machine.translatedSteps(),
                            translations,
                            seconds,
                            host.countedInputs().counts(),
                            view == null ? 0 : view.logBytes(),
                            CheckpointTotals.NONE,
                            host.outputCount(),
                            HexFormat.of().formatHex(digest),
                            end.name())
                    .write(options.statistics);
        }
    }
}
