package dev.vls.control;

import dev.vls.control.metrics.MetricsServer;
import dev.vls.control.pair.HostArbiter;
import dev.vls.control.pair.HostPort;
import dev.vls.control.pair.ListenLater;
import dev.vls.machine.Machine;
import dev.vls.machine.host.TranslationThread;
import dev.vls.migration.GuestSender;
import dev.vls.replay.GuestDescription;
import dev.vls.replay.GuestFiles;
import dev.vls.replay.GuestHeader;
import dev.vls.replay.HashedFiles;
import dev.vls.replay.Recording;
import dev.vls.replay.net.LinkEvents;
import dev.vls.replay.net.WireLoop;
import dev.vls.replay.pair.Leader;
import dev.vls.trace.TraceHeader;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.InetSocketAddress;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Boots a guest and leads it. */
final class LeadRun {
    private final RunOptions options;
    private final LeadOptions lead;
    private final HostPort listen;
    private final @Nullable String trace;
    private final PrintWriter errors;
    private final boolean verbose;

    /**
     * @param options that were checked, as the others
     * @param trace where the run is recorded; null for nowhere
     */
    LeadRun(
            RunOptions options,
            LeadOptions lead,
            HostPort listen,
            @Nullable String trace,
            PrintWriter errors,
            boolean verbose) {
        this.options = options;
        this.lead = lead;
        this.listen = listen;
        this.trace = trace;
        this.errors = errors;
        this.verbose = verbose;
    }

    /**
     * Runs the guest to its end.
     *
     * @return the exit code
     */
    int run() {
        try (StopControl stop = new StopControl(options.host.timeoutSeconds);
                ControlSocket socket =
                        ControlSocket.open(
                                options.host.name, options.kernel, options.host.console, errors);
                RunHost host = new RunHost(options.host.console, options.clock, options.seed);
                TranslationThread translations = new TranslationThread();
                WireLoop loop = lead.open(listen);
                MetricsServer _ = lead.serveMetrics(socket, errors)) {
            LogTail log = new LogTail(new StderrLog(errors, host.console(), verbose));
            host.openDisks(options.disks, log::line);
            host.openNetworks(options.host.networks, log::line);
            GuestDescription guest = NewGuest.describe(options, host);
            GuestFiles named = HashedFiles.of(new NamedFiles(options.kernel, options.ramdisk));
            NewGuest.warnOfRamdisk(options, named, errors);
            TraceHeader header = GuestHeader.ofRunning(VersionProvider.tool(), guest, named);
            return lead(guest, header, named, host, stop, socket, log, translations, loop);
        }
    }

    private int lead(
            GuestDescription guest,
            TraceHeader header,
            GuestFiles files,
            RunHost host,
            StopControl stop,
            ControlSocket socket,
            LogTail log,
            TranslationThread translations,
            WireLoop loop) {
        UUID node = UUID.randomUUID();
        ListenLater later = new ListenLater();
        HostPort bound = listen(loop, later, listen);
        HostArbiter arbiter =
                Arbiters.create(lead.arbiter, socket.name(), node, listen, loop::execute);
        Leader.Settings settings =
                new Leader.Settings(
                        node,
                        socket.name(),
                        bound.toString(),
                        header.toJson(),
                        lead.commit,
                        lead.detectMillis * 1_000_000L,
                        lead.lagMillis * 1_000_000L);
        try (LeaderService leader =
                new LeaderService(loop, host, stop, settings, guest, arbiter, log::line)) {
            Attachment attachment =
                    new Attachment(
                            guest, files, leader.ports(), host, Leading.NOT_ATTACHED, log::line);
            Recording.Ports ports = attachment.ports();
            try (Machine machine =
                    guest.boot(
                            files,
                            ports.inputs(),
                            ports.outputs(),
                            log,
                            options.engine.open(translations))) {
                if (trace != null) {
                    attachment.record(machine, trace);
                }
                GuestSender.warmUp(machine);
                leader.setBandwidth(lead.bandwidth());
                leader.start(machine);
                loop.execute(() -> later.lead(leader));
                return new Leading(
                                guest,
                                files,
                                attachment,
                                options.host,
                                host,
                                stop,
                                socket,
                                log,
                                translations)
                        .run(
                                leader,
                                machine,
                                null,
                                () -> log.line("followers may come to " + bound));
            }
        } finally {
            arbiter.retire(node);
            arbiter.close();
        }
    }

    /**
     * Lets followers in.
     *
     * @throws CommandException if nobody can listen there
     */
    static HostPort listen(WireLoop loop, LinkEvents followers, HostPort at) {
        try {
            InetSocketAddress bound = loop.listen(at.resolve(), followers);
            return new HostPort(at.host(), bound.getPort());
        } catch (IOException e) {
            throw new CommandException(
                    ExitCode.USAGE,
                    "--listen %s: %s: choose another address".formatted(at, e.getMessage()),
                    e);
        }
    }
}
