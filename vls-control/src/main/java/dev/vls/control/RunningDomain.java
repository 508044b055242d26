package dev.vls.control;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.vls.control.RunEnd.StopReason;
import dev.vls.control.console.ConsoleBuffer;
import dev.vls.control.pair.HostPort;
import dev.vls.control.socket.ControlRefusal;
import dev.vls.control.socket.ControlService;
import dev.vls.machine.Machine;
import dev.vls.machine.control.ControlCommandParser;
import dev.vls.machine.hypervisor.Domain;
import dev.vls.machine.memory.MachineMemory;
import dev.vls.machine.xenstore.StoredNode;
import dev.vls.migration.Strategy;
import dev.vls.xen.abi.sched.ShutdownReason;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A guest that runs, for its control socket; docs/spec/control-protocol.md. */
final class RunningDomain implements ControlService {
    private static final long LOOK_SECONDS = 2;

    private final String name;
    private final String kernel;
    private final long memoryMaxKib;
    private final Machine machine;
    private final RunHost host;
    private final StopControl stop;
    private final @Nullable SnapshotSaver snapshots;
    private final Attachment attachment;
    private final LogTail log;
    private final @Nullable LeaderService leader;
    private final @Nullable Migration migration;
    private final @Nullable Promotion promotion;
    private final long startNanoseconds = System.nanoTime();
    private final CompletableFuture<RunEnd> end = new CompletableFuture<>();

    RunningDomain(
            String name,
            String kernel,
            long memoryMaxKib,
            Machine machine,
            RunHost host,
            StopControl stop,
            @Nullable SnapshotSaver snapshots,
            Attachment attachment,
            LogTail log,
            @Nullable LeaderService leader,
            @Nullable Promotion promotion) {
        this.name = name;
        this.kernel = kernel;
        this.memoryMaxKib = memoryMaxKib;
        this.machine = machine;
        this.host = host;
        this.stop = stop;
        this.snapshots = snapshots;
        this.attachment = attachment;
        this.log = log;
        this.leader = leader;
        this.promotion = promotion;
        this.migration = leader == null ? null : new Migration(leader, stop);
    }

    /** The guest has ended; who waits for it hears of it. */
    void ended(RunEnd how) {
        end.complete(how);
    }

    @Override
    public void execute(String command, ObjectNode request, ObjectNode answer)
            throws ControlRefusal, InterruptedException {
        switch (command) {
            case "status" -> status(answer);
            case "control" -> control(text(request, "text"));
            case "attach" -> attach(text(request, "trace"));
            case "migrate" -> migrate(request, answer);
            case "detach" -> attachment.detach(machine);
            case "destroy" -> stop.stop(StopReason.DESTROYED);
            case "wait" -> awaitEnd(answer);
            case "xenstore" -> xenstore(request.path("path").asText("/"), answer);
            case "snapshot" -> snapshot(text(request, "directory"), answer);
            case "log" -> log.lines().forEach(answer.putArray("lines")::add);
            default -> throw new ControlRefusal(ExitCode.USAGE, "no such command: " + command);
        }
    }

    private void snapshot(String directory, ObjectNode answer)
            throws ControlRefusal, InterruptedException {
        if (snapshots == null) {
            throw new ControlRefusal(
                    ExitCode.FAILED,
                    "a guest that is recorded, or runs in lockstep, cannot be saved");
        }
        synchronized (snapshots) {
            if (attachment.isRecording()) {
                throw new ControlRefusal(ExitCode.FAILED, "the guest is recorded: detach it first");
            }
            snapshots.save(directory, answer);
        }
    }

    /** Not while a snapshot is being written, which keeps the guest's pages as they were. */
    private void attach(String trace) throws ControlRefusal, InterruptedException {
        if (snapshots == null) {
            attachment.attach(machine, trace);
        } else {
            synchronized (snapshots) {
                attachment.attach(machine, trace);
            }
        }
    }

    private void migrate(ObjectNode request, ObjectNode answer)
            throws ControlRefusal, InterruptedException {
        String strategy = text(request, "strategy");
        HostPort to;
        try {
            to = HostPort.parse(text(request, "to"));
        } catch (IllegalArgumentException e) {
            throw new ControlRefusal(ExitCode.USAGE, "where to is not HOST:PORT");
        }
        for (Strategy known : Strategy.values()) {
            if (known.toString().equals(strategy)) {
                migrate(to, known, request, answer);
                return;
            }
        }
        throw new ControlRefusal(ExitCode.USAGE, "no such strategy: " + strategy);
    }

    private void migrate(HostPort to, Strategy strategy, ObjectNode request, ObjectNode answer)
            throws ControlRefusal, InterruptedException {
        Migration moves = migration;
        Promotion first = promotion;
        SnapshotSaver saver = snapshots;
        if (moves != null) {
            moves.run(to, strategy, answer);
        } else if (first != null && saver != null) {
            // Both look at the guest's pages while it runs on.
            synchronized (saver) {
                first.move(machine, to, strategy, LeadOptions.of(request), answer);
            }
        } else {
            throw new ControlRefusal(
                    ExitCode.FAILED,
                    "a guest that is recorded from its start, or runs in lockstep, cannot be moved");
        }
    }

    private static String text(ObjectNode request, String field) throws ControlRefusal {
        JsonNode value = request.path(field);
        if (!value.isTextual()) {
            throw new ControlRefusal(ExitCode.USAGE, "a request without its " + field);
        }
        return value.textValue();
    }

    private void control(String text) throws ControlRefusal, InterruptedException {
        try {
            host.operators().command(ControlCommandParser.parse(text));
        } catch (IllegalArgumentException e) {
            throw new ControlRefusal(ExitCode.USAGE, String.valueOf(e.getMessage()));
        }
    }

    private void awaitEnd(ObjectNode answer) throws InterruptedException {
        try {
            RunEnd how = end.get();
            answer.put("exit", how.name()).put("code", how.exitCode());
        } catch (ExecutionException e) {
            throw new IllegalStateException("a guest's end is never an exception", e);
        }
    }

    // --- looking at the machine ---

    /** What the machine's thread sees; null if it does not get to it, or has ended. */
    private <T> @Nullable T look(Supplier<T> look) throws InterruptedException {
        if (end.isDone()) {
            return null;
        }
        Future<T> seen = host.inputs().visit(look);
        try {
            return seen.get(LOOK_SECONDS, TimeUnit.SECONDS);
        } catch (TimeoutException e) {
            return null;
        } catch (ExecutionException e) {
            throw new IllegalStateException("looking at the machine", e);
        }
    }

    private record View(
            String state, long memoryKib, int vcpus, int vcpusOnline, long instructions) {}

    private View view() {
        Domain domain = machine.domain();
        int online = 0;
        boolean runs = false;
        for (int id = 0; id < domain.vcpuCount(); id++) {
            online += domain.vcpu(id).online ? 1 : 0;
            runs |= domain.vcpu(id).runnable();
        }
        return new View(
                state(domain, runs),
                machine.guestPages() * (MachineMemory.PAGE_SIZE >> 10),
                domain.vcpuCount(),
                online,
                machine.totalSteps());
    }

    /** In the columns of xl list: rbpscd. */
    private static String state(Domain domain, boolean runs) {
        boolean ended = domain.isShutDown();
        boolean crashed = ended && domain.shutdownReason() == ShutdownReason.CRASH;
        return (runs && !ended ? "r" : "-")
                + (runs || ended || domain.isPaused() ? "-" : "b")
                + (domain.isPaused() ? "p" : "-")
                + (ended ? "s" : "-")
                + (crashed ? "c" : "-")
                + "-";
    }

    private void status(ObjectNode answer) throws InterruptedException {
        View view = look(this::view);
        answer.put("name", name)
                .put("pid", ProcessHandle.current().pid())
                .put("domid", machine.domain().id())
                .put("kernel", kernel)
                .put("memory_max_kib", memoryMaxKib)
                .put("busy", view == null)
                .put("cpu_seconds", cpuSeconds())
                .put("uptime_seconds", (System.nanoTime() - startNanoseconds) / 1e9);
        if (leader != null) {
            LeaderStatus.write(leader, answer);
        }
        if (view != null) {
            answer.put("state", view.state())
                    .put("memory_kib", view.memoryKib())
                    .put("vcpus", view.vcpus())
                    .put("vcpus_online", view.vcpusOnline())
                    .put("instructions", view.instructions());
        }
    }

    private static double cpuSeconds() {
        Duration used = ProcessHandle.current().info().totalCpuDuration().orElse(Duration.ZERO);
        return used.toMillis() / 1000.0;
    }

    private void xenstore(String path, ObjectNode answer)
            throws ControlRefusal, InterruptedException {
        List<StoredNode> nodes = look(() -> machine.storeNodes(path));
        if (nodes == null) {
            throw new ControlRefusal(ExitCode.FAILED, "the machine has not got to it: try again");
        }
        ArrayNode array = answer.putArray("nodes");
        for (StoredNode node : nodes) {
            ObjectNode entry = array.addObject();
            entry.put("path", node.path()).put("value", node.value());
            ArrayNode permissions = entry.putArray("permissions");
            node.permissions().forEach(permission -> permissions.add(permission.toString()));
        }
    }

    // --- the console ---

    @Override
    public ConsoleBuffer console() {
        return host.console().buffer();
    }

    @Override
    public void type(byte[] bytes) throws InterruptedException {
        host.console().keyboard().type(bytes);
    }
}
