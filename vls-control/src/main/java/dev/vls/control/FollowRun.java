package dev.vls.control;

import dev.vls.control.FollowerService.Task;
import dev.vls.control.FollowerService.Won;
import dev.vls.control.flight.FlightEvents;
import dev.vls.control.metrics.MetricsServer;
import dev.vls.control.pair.HostPort;
import dev.vls.control.pair.ListenLater;
import dev.vls.machine.DomainLife;
import dev.vls.machine.Machine;
import dev.vls.machine.SavedMachine;
import dev.vls.machine.cpu.translate.Engine;
import dev.vls.machine.device.block.VirtualDisk;
import dev.vls.machine.host.TranslationThread;
import dev.vls.machine.hypervisor.CpuidFile;
import dev.vls.machine.memory.MachineMemory;
import dev.vls.machine.memory.MissingFrameException;
import dev.vls.machine.state.StateFormatException;
import dev.vls.migration.ArrivingMemory;
import dev.vls.migration.GuestSender;
import dev.vls.replay.CheckedFiles;
import dev.vls.replay.DivergenceException;
import dev.vls.replay.GuestDescription;
import dev.vls.replay.GuestFiles;
import dev.vls.replay.Recording;
import dev.vls.replay.ReplayDisks;
import dev.vls.replay.ReplayException;
import dev.vls.replay.Replayer;
import dev.vls.replay.net.WireLoop;
import dev.vls.replay.pair.Follower;
import dev.vls.replay.pair.Leader;
import dev.vls.replay.wire.Message;
import dev.vls.replay.wire.WireFormat;
import java.io.PrintWriter;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Follows a leader, and leads when that is lost. */
final class FollowRun {
    private final FollowOptions options;
    private final @Nullable HostPort leader;
    private final boolean takeOver;
    private final @Nullable String trace;
    private final PrintWriter errors;
    private final boolean verbose;
    private final ListenLater later = new ListenLater();
    private HostPort listen;
    private @Nullable RunHost host;
    private @Nullable LogTail log;

    /** What a run has around it, whatever it does with the guest. */
    private record Surroundings(
            FollowerService service,
            StopControl stop,
            ControlSocket socket,
            TranslationThread translations,
            WireLoop loop) {}

    /** A guest whose replay has come to where it goes on. */
    private record Replayed(
            FollowedGuest followed,
            GuestFiles files,
            Machine machine,
            DomainLife life,
            RecordingSwitch ports,
            Attachment attachment) {}

    /**
     * @param leader null if it comes by itself
     * @param listen where followers may come to once this side leads, and the leader that comes
     * @param trace where this side's run is recorded; null for nowhere
     */
    FollowRun(
            FollowOptions options,
            @Nullable HostPort leader,
            boolean takeOver,
            HostPort listen,
            @Nullable String trace,
            PrintWriter errors,
            boolean verbose) {
        this.options = options;
        this.leader = leader;
        this.takeOver = takeOver;
        this.listen = listen;
        this.trace = trace;
        this.errors = errors;
        this.verbose = verbose;
    }

    /**
     * Follows to the end.
     *
     * @return the exit code
     */
    int run() {
        try (StopControl stop = new StopControl(options.host.timeoutSeconds);
                ControlSocket socket =
                        ControlSocket.open(options.host.name, "", options.host.console, errors);
                TranslationThread translations = new TranslationThread();
                WireLoop loop = open();
                MetricsServer _ = options.lead.serveMetrics(socket, errors)) {
            if (takeOver) {
                listen = LeadRun.listen(loop, later, listen);
            }
            FollowerService service =
                    new FollowerService(
                            loop,
                            leader,
                            new Follower.Settings(
                                    options.domain,
                                    listen.toString(),
                                    leader == null
                                            ? Message.Purpose.TAKE_OVER
                                            : Message.Purpose.FOLLOW,
                                    takeOver,
                                    features()),
                            this::open,
                            this::report);
            stop.attach(service::leave);
            if (leader == null) {
                loop.execute(() -> later.lead(service));
                report("waits for a guest at " + listen);
            }
            service.start();
            socket.serve(new FollowingDomain(socket.name(), service, stop));
            try {
                return follow(new Surroundings(service, stop, socket, translations, loop));
            } finally {
                service.letGoOfArbiter();
            }
        } finally {
            if (host != null) {
                host.close();
            }
        }
    }

    private WireLoop open() {
        return leader == null ? options.lead.open(listen) : options.lead.open(listen, leader);
    }

    private void report(String line) {
        LogTail opened = log;
        if (opened == null) {
            errors.println("(vls) " + line);
            errors.flush();
        } else {
            opened.line(line);
        }
    }

    /** What the guest is to have here; on the protocol's thread. */
    private RunHost open(GuestDescription guest) {
        if (host != null) {
            return host;
        }
        int networks = guest.interfaces().size();
        if (takeOver && options.host.networks.size() != networks) {
            throw new CommandException(
                    ExitCode.USAGE,
                    "the guest has %d network interfaces: give as many --net".formatted(networks));
        }
        int disks = guest.disks().size();
        if (takeOver && options.disks.size() != disks) {
            throw new CommandException(
                    ExitCode.USAGE, "the guest has %d disks: give as many --disk".formatted(disks));
        }
        RunHost opened =
                new RunHost(
                        options.host.console,
                        guest.clock().virtual()
                                ? RunOptions.ClockSource.VIRTUAL
                                : RunOptions.ClockSource.HOST,
                        guest.clock().seed());
        host = opened;
        if (copiesDisks()) {
            checkDisks(opened.openReplayedDisks(options.disks, this::report).disks(), guest);
        }
        log = new LogTail(new StderrLog(errors, opened.console(), verbose));
        return opened;
    }

    /** Whether this side has images of its own, which become copies of the leader's. */
    private boolean copiesDisks() {
        return !options.disks.isEmpty() && !options.sharedDisks;
    }

    private long features() {
        // A trace begins with all of memory as it was at one place.
        return WireFormat.FEATURE_ZSTD
                | (trace == null ? WireFormat.FEATURE_PAGE_REQUESTS : 0)
                | (copiesDisks() ? WireFormat.FEATURE_DISKS : 0);
    }

    private static void checkDisks(List<VirtualDisk> here, GuestDescription guest) {
        for (int i = 0; i < here.size(); i++) {
            long wanted = guest.disks().get(i).sectors();
            if (here.get(i).sectors() != wanted) {
                throw new CommandException(
                        ExitCode.UNUSABLE_INPUT,
                        "disk %s has %d sectors, the guest's %d: make one of that size"
                                .formatted(
                                        here.get(i).node().path(), here.get(i).sectors(), wanted));
            }
        }
    }

    private int follow(Surroundings around) {
        try {
            while (true) {
                Task task = around.service.take();
                switch (task) {
                    case Task.Stop over -> {
                        return end(over, around.stop);
                    }
                    case Task.Replay begun -> {
                        Integer code = replay(begun, around);
                        if (code != null) {
                            return code;
                        }
                    }
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return ExitCode.INTERRUPTED;
        }
    }

    private static int end(Task.Stop over, StopControl stop) {
        if (stop.reason() != RunEnd.StopReason.NONE) {
            return ExitCode.INTERRUPTED;
        }
        int code =
                switch (over.why()) {
                    case ENDED -> ExitCode.DONE;
                    case UNREACHABLE, LEFT -> ExitCode.UNREACHABLE;
                    case REFUSED -> ExitCode.UNUSABLE_INPUT;
                };
        if (code != ExitCode.DONE) {
            throw new CommandException(code, over.text());
        }
        return code;
    }

    /** Replays a guest; null if something else is to be done then. */
    private @Nullable Integer replay(Task.Replay begun, Surroundings around) {
        FollowedGuest followed = begun.guest();
        GuestDescription guest = followed.guest;
        String ramdisk = guest.ramdisk().isEmpty() ? null : guest.ramdisk();
        GuestFiles files =
                new CheckedFiles(new NamedFiles(guest.kernel(), ramdisk), followed.header);
        ReplayDisks disks =
                copiesDisks()
                        ? ReplayDisks.on(followed.host.openedDisks())
                        : ReplayDisks.withoutImages();
        Replayer replayer =
                new Replayer(
                        followed.log(),
                        Replayer.Start.at(
                                begun.instant().nextEvent(),
                                begun.instant().steps(),
                                begun.instant().outputDigest()),
                        guest.interfaces().size(),
                        disks,
                        true);
        RecordingSwitch ports = new RecordingSwitch(replayer.between(followed.outputs));
        Attachment attachment =
                new Attachment(
                        guest,
                        files,
                        new Recording.Ports(ports, ports),
                        followed.host,
                        Leading.NOT_ATTACHED,
                        this::report);
        try (Machine machine =
                        restore(
                                begun,
                                attachment.ports(),
                                options.engine.choice.open(around.translations));
                ArrivingMemory _ = followed.arriving) {
            if (takeOver) {
                GuestSender.warmUp(machine);
            }
            machine.unansweredDiskRequests().forEach(disks::submit);
            DomainLife life =
                    new DomainLife(machine, guest.actions(), ended -> guest.restart(files, ended));
            replayer.attach(machine, life);
            if (trace != null) {
                attachment.record(machine, trace);
            }
            followed.log().follow(machine::totalSteps, followed.outputs::marked);
            CompletableFuture<@Nullable LeaderService> heir =
                    CompletableFuture.supplyAsync(() -> prepare(followed, around));
            try {
                Replayer.Outcome outcome = replay(replayer, machine, attachment);
                Won won = around.service.won();
                if (won == null) {
                    attachment.seal(machine, outcome.reason() == null ? "left" : outcome.reason());
                }
                if (outcome.reason() != null) {
                    report("the guest has ended: " + outcome.reason());
                    return ExitCode.DONE;
                }
                return won == null
                        ? null
                        : lead(
                                new Replayed(followed, files, machine, life, ports, attachment),
                                heir.join(),
                                won,
                                around);
            } finally {
                close(heir.join());
            }
        } catch (MissingFrameException e) {
            return null;
        } catch (DivergenceException e) {
            around.service.diverged(String.valueOf(e.getMessage()));
            throw new CommandException(ExitCode.DIVERGENCE, String.valueOf(e.getMessage()), e);
        } catch (ReplayException e) {
            around.service.diverged(String.valueOf(e.getMessage()));
            throw e;
        }
    }

    /** Replays to the end of the log; the trace of one that becomes another run ends there. */
    private Replayer.Outcome replay(Replayer replayer, Machine machine, Attachment attachment) {
        try {
            return replayer.run(Long.MAX_VALUE);
        } catch (DivergenceException e) {
            if (attachment.isRecording()) {
                attachment.seal(machine, "diverged");
                report("what this side has executed up to there is in " + trace);
            }
            throw e;
        }
    }

    private Machine restore(Task.Replay begun, Recording.Ports ports, Engine engine) {
        FollowedGuest followed = begun.guest();
        MachineMemory memory = begun.memory();
        boolean done = false;
        try {
            SavedMachine saved = SavedMachine.read(begun.state());
            if (!followed.guest.isOf(saved)) {
                throw new CommandException(
                        ExitCode.UNUSABLE_INPUT, "the leader sends the state of another guest");
            }
            Machine machine =
                    saved.restore(
                            memory,
                            CpuidFile.read("of the guest", followed.guest.cpuid()),
                            ports.inputs(),
                            ports.outputs(),
                            Objects.requireNonNull(log, "opened with the host"),
                            engine);
            done = true;
            return machine;
        } catch (StateFormatException e) {
            throw new CommandException(
                    ExitCode.UNUSABLE_INPUT, "the leader's state: " + e.getMessage(), e);
        } finally {
            if (!done) {
                memory.close();
            }
        }
    }

    /**
     * What leads once this side does, made beside the replay, so that nobody waits for it then.
     *
     * @return null if this side cannot take over
     */
    private @Nullable LeaderService prepare(FollowedGuest followed, Surroundings around) {
        Follower.Heir heir = takeOver ? around.service.heir() : null;
        return heir == null ? null : prepare(followed, around, heir);
    }

    private LeaderService prepare(FollowedGuest followed, Surroundings around, Follower.Heir heir) {
        LogTail lines = Objects.requireNonNull(log, "opened with the host");
        Leader.Settings settings =
                new Leader.Settings(
                        heir.node(),
                        followed.domain,
                        listen.toString(),
                        followed.json,
                        options.lead.commit,
                        options.lead.detectMillis * 1_000_000L,
                        options.lead.lagMillis * 1_000_000L);
        return new LeaderService(
                around.loop,
                followed.host,
                around.stop,
                settings,
                followed.guest,
                heir.arbiter(),
                lines::line);
    }

    private static void close(@Nullable LeaderService prepared) {
        if (prepared != null) {
            prepared.close();
        }
    }

    /**
     * Goes on for the leader, at the end of its log.
     *
     * @param prepared what is to lead; null if there was no time to make it, for the protocol's
     *     thread of a busy host may not have answered
     */
    private int lead(
            Replayed replayed, @Nullable LeaderService prepared, Won won, Surroundings around) {
        if (prepared != null) {
            return goOn(replayed, prepared, won, around);
        }
        try (LeaderService late =
                prepare(
                        replayed.followed,
                        around,
                        new Follower.Heir(won.register().leader(), won.arbiter()))) {
            return goOn(replayed, late, won, around);
        }
    }

    private int goOn(Replayed replayed, LeaderService leader, Won won, Surroundings around) {
        FollowedGuest followed = replayed.followed;
        RunHost live = followed.host;
        LogTail lines = Objects.requireNonNull(log, "opened with the host");
        if (copiesDisks()) {
            live.serveDisks();
        } else {
            live.openDisks(options.disks, lines::line);
        }
        live.openNetworks(options.host.networks, lines::line);
        leader.won(won.version(), won.register(), live.console().buffer().written());
        replayed.ports.connect(leader.ports());
        leader.setBandwidth(options.lead.bandwidth());
        leader.start(replayed.machine);
        live.continueFrom(replayed.machine);
        live.console().startAt(followed.consoleReleased());
        live.announce(followed.guest.interfaces());
        followed.outputs.letOut();
        around.loop.execute(() -> later.lead(leader));
        Leading leading =
                new Leading(
                        followed.guest,
                        replayed.files,
                        replayed.attachment,
                        options.host,
                        live,
                        around.stop,
                        around.socket,
                        lines,
                        around.translations);
        return leading.run(
                leader,
                replayed.machine,
                replayed.life,
                () -> {
                    around.service.live();
                    long nanos = System.nanoTime() - won.nanos();
                    leader.tookOver(nanos);
                    lines.line(
                            "leads, %.1f ms behind the arbiter's word; followers may come to %s"
                                    .formatted(nanos / 1e6, listen));
                    FlightEvents.tookOver(won.register().epoch(), nanos);
                });
    }
}
