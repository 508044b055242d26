package dev.vls.control;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.vls.control.pair.HostArbiter;
import dev.vls.control.pair.HostPort;
import dev.vls.control.socket.ControlRefusal;
import dev.vls.machine.Machine;
import dev.vls.migration.Strategy;
import dev.vls.replay.GuestDescription;
import dev.vls.replay.GuestFiles;
import dev.vls.replay.GuestHeader;
import dev.vls.replay.HashedFiles;
import dev.vls.replay.net.WireLoop;
import dev.vls.replay.pair.Leader;
import java.net.InetAddress;
import java.util.UUID;
import java.util.function.Consumer;

/**
 * Makes a leader of a guest that runs without one, for as long as it takes to move it. If it is not
 * moved it runs on as it did before.
 */
final class Promotion {
    private final String name;
    private final GuestDescription guest;
    private final GuestFiles files;
    private final RunHost host;
    private final StopControl stop;
    private final Attachment attachment;
    private final Consumer<String> report;

    /**
     * @param name of the domain
     * @param files that it was built from, by the names that it has there
     * @param report told in one line what an operator should know; by any thread
     */
    Promotion(
            String name,
            GuestDescription guest,
            GuestFiles files,
            RunHost host,
            StopControl stop,
            Attachment attachment,
            Consumer<String> report) {
        this.name = name;
        this.guest = guest;
        this.files = files;
        this.host = host;
        this.stop = stop;
        this.attachment = attachment;
        this.report = report;
    }

    /**
     * Moves the guest; a thread of an operator.
     *
     * @param options of the connection, and of who decides which side leads
     * @param answer told what it took
     */
    void move(
            Machine machine, HostPort to, Strategy strategy, LeadOptions options, ObjectNode answer)
            throws ControlRefusal, InterruptedException {
        UUID node = UUID.randomUUID();
        if (options.arbiter == null && !isLoopback(to)) {
            throw new ControlRefusal(
                    ExitCode.USAGE,
                    "between hosts somebody has to decide which side leads: give --arbiter zk://HOST:PORT");
        }
        try (WireLoop loop = options.open(to);
                HostArbiter arbiter =
                        Arbiters.create(options.arbiter, name, node, to, loop::execute);
                LeaderService leader = lead(loop, arbiter, node, options)) {
            leader.setBandwidth(options.bandwidth());
            attachment.lead(machine, leader);
            try {
                new Migration(leader, stop).run(to, strategy, answer);
            } finally {
                if (stop.reason() == RunEnd.StopReason.NONE) {
                    attachment.leadNoMore(machine);
                    arbiter.retire(node);
                }
            }
        } catch (CommandException e) {
            throw new ControlRefusal(e.exitCode, String.valueOf(e.getMessage()));
        } catch (IllegalArgumentException e) {
            throw new ControlRefusal(
                    ExitCode.USAGE, "%s is no rate or delay of a link".formatted(e.getMessage()));
        }
    }

    private static boolean isLoopback(HostPort to) {
        InetAddress address = to.resolve().getAddress();
        return address != null && address.isLoopbackAddress();
    }

    private LeaderService lead(WireLoop loop, HostArbiter arbiter, UUID node, LeadOptions options) {
        byte[] header =
                GuestHeader.ofRunning(VersionProvider.tool(), guest, HashedFiles.of(files))
                        .toJson();
        Leader.Settings settings =
                new Leader.Settings(
                        node,
                        name,
                        "",
                        header,
                        options.commit,
                        options.detectMillis * 1_000_000L,
                        options.lagMillis * 1_000_000L);
        return new LeaderService(loop, host, stop, settings, guest, arbiter, report);
    }
}
