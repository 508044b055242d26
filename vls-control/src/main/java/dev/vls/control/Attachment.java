package dev.vls.control;

import dev.vls.control.socket.ControlRefusal;
import dev.vls.machine.Machine;
import dev.vls.machine.StateDigest;
import dev.vls.replay.GuestDescription;
import dev.vls.replay.GuestFiles;
import dev.vls.replay.GuestHeader;
import dev.vls.replay.Recording;
import dev.vls.trace.TraceException;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What is put behind a running guest's ports and taken away again. Recording, by {@code vls attach}
 * and {@code vls detach}: a trace begins with a checkpoint of the running machine, which is written
 * while the guest goes on. A leader, for as long as it takes to move the guest. Operators ask from
 * their threads; it is done on the machine's, where that has stopped.
 */
final class Attachment {
    private static final long PATIENCE_SECONDS = 20;

    /** What is asked for; throws a refusal with why it cannot be. */
    private interface Action {
        void on(Machine machine) throws ControlRefusal;
    }

    private record Request(Action action, CompletableFuture<@Nullable ControlRefusal> done) {}

    private final GuestDescription guest;
    private final GuestFiles files;
    private final Recording.Ports live;
    private final RecordingSwitch ports;
    private final RunHost host;
    private final Consumer<String> report;
    private final @Nullable String refusal;
    private final ConcurrentLinkedQueue<Request> requests = new ConcurrentLinkedQueue<>();
    private volatile @Nullable Recording recording;
    private volatile @Nullable LeaderService led;

    /**
     * @param live the ways in and out that are there without a recorder
     * @param refusal why nobody may attach, null if they may
     * @param report told in one line what an operator should know; by any thread
     */
    Attachment(
            GuestDescription guest,
            GuestFiles files,
            Recording.Ports live,
            RunHost host,
            @Nullable String refusal,
            Consumer<String> report) {
        this.guest = guest;
        this.files = files;
        this.live = live;
        this.ports = new RecordingSwitch(live);
        this.host = host;
        this.refusal = refusal;
        this.report = report;
    }

    /** The machine's ways in and out. */
    Recording.Ports ports() {
        return new Recording.Ports(ports, ports);
    }

    /** Whether the guest is recorded on the way. */
    boolean isRecording() {
        return recording != null;
    }

    /**
     * Begins a trace of a machine that stands still; its start is written when this is done.
     *
     * @throws CommandException if it cannot be
     */
    void record(Machine machine, String trace) {
        try {
            begin(machine, trace).awaitCheckpoint();
        } catch (ControlRefusal e) {
            throw new CommandException(e.code(), String.valueOf(e.getMessage()), e);
        }
    }

    // --- operators ---

    /** Begins a trace, of a machine that runs. From any thread. */
    void attach(Machine machine, String trace) throws ControlRefusal, InterruptedException {
        ask(machine, running -> begin(running, trace));
    }

    /** Seals it. From any thread. */
    void detach(Machine machine) throws ControlRefusal, InterruptedException {
        ask(machine, running -> end(running, "detached", StateDigest.sha256(running.domain())));
    }

    /** A machine that runs is led from now on; from any thread. */
    void lead(Machine machine, LeaderService leader) throws ControlRefusal, InterruptedException {
        ask(
                machine,
                running -> {
                    refuseIfInUse();
                    led = leader;
                    leader.continueConsole(host.console().buffer().written());
                    ports.connect(leader.ports());
                    leader.start(running);
                });
    }

    /** It has not been moved, and runs on as before; from any thread. */
    void leadNoMore(Machine machine) throws ControlRefusal, InterruptedException {
        ask(
                machine,
                running -> {
                    LeaderService leader = led;
                    if (leader != null) {
                        // What it holds back has to leave before what comes next.
                        leader.awaitOutputs();
                    }
                    led = null;
                    ports.connect(live);
                });
    }

    private void refuseIfInUse() throws ControlRefusal {
        if (recording != null) {
            throw new ControlRefusal(ExitCode.FAILED, "the guest is recorded: detach it first");
        }
        if (led != null) {
            throw new ControlRefusal(ExitCode.FAILED, "the guest is being moved");
        }
    }

    private void ask(Machine machine, Action action) throws ControlRefusal, InterruptedException {
        if (refusal != null) {
            throw new ControlRefusal(ExitCode.FAILED, refusal);
        }
        Request request = new Request(action, new CompletableFuture<>());
        Future<Boolean> stopping =
                host.inputs()
                        .visit(
                                () -> {
                                    boolean runs = !machine.domain().isShutDown();
                                    if (runs) {
                                        requests.add(request);
                                        machine.requestStop();
                                        // It may be about to wait for an input.
                                        host.wake();
                                    }
                                    return runs;
                                });
        try {
            if (!stopping.get(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                throw new ControlRefusal(ExitCode.FAILED, "the guest has shut down");
            }
            ControlRefusal refused = request.done.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
            if (refused != null) {
                throw refused;
            }
        } catch (TimeoutException e) {
            throw new ControlRefusal(ExitCode.FAILED, "the machine has not got to it: try again");
        } catch (ExecutionException e) {
            throw new IllegalStateException("an answer is never an exception", e);
        }
    }

    // --- the machine's thread ---

    /** Does what is asked of a machine that has stopped; false if that is nothing. */
    boolean serve(Machine machine) {
        boolean any = false;
        for (Request next = requests.poll(); next != null; next = requests.poll()) {
            any = true;
            try {
                next.action.on(machine);
                next.done.complete(null);
            } catch (ControlRefusal e) {
                next.done.complete(e);
            }
        }
        return any;
    }

    private Recording begin(Machine machine, String trace) throws ControlRefusal {
        refuseIfInUse();
        try {
            Recording begun =
                    Recording.begin(
                            Path.of(trace),
                            GuestHeader.ofRunning(VersionProvider.tool(), guest, files),
                            Recording.Options.usual(guest.memoryBytes(), true),
                            report);
            recording = begun;
            ports.connect(begun.between(live));
            begun.attach(machine);
            begun.checkpoint(machine);
            return begun;
        } catch (TraceException e) {
            throw new ControlRefusal(
                    ExitCode.UNUSABLE_INPUT,
                    "trace %s: %s: choose another file".formatted(trace, e.getMessage()));
        } catch (CommandException e) {
            throw new ControlRefusal(e.exitCode, String.valueOf(e.getMessage()));
        }
    }

    private void end(Machine machine, String reason, byte[] digest) throws ControlRefusal {
        Recording running = recording;
        if (running == null) {
            throw new ControlRefusal(ExitCode.FAILED, "the guest is not recorded");
        }
        recording = null;
        ports.connect(live);
        try (running) {
            running.end(machine, reason, digest);
        } catch (TraceException e) {
            throw new ControlRefusal(
                    ExitCode.UNUSABLE_INPUT,
                    "the trace: %s: it has no end, use vls trace repair".formatted(e.getMessage()));
        }
    }

    /** The run has ended: so has a trace of it. */
    void runEnded(Machine machine, RunEnd how) {
        seal(machine, how.name());
        LeaderService leader = led;
        if (leader != null) {
            leader.end(machine, how, StateDigest.sha256(machine.domain()));
        }
    }

    /** A trace ends here, if there is one, whatever becomes of the machine. */
    void seal(Machine machine, String reason) {
        if (recording != null) {
            try {
                end(machine, reason, StateDigest.sha256(machine.domain()));
            } catch (ControlRefusal e) {
                report.accept(String.valueOf(e.getMessage()));
            }
        }
    }

    /** The run is to end; from any thread. */
    void release() {
        Recording running = recording;
        if (running != null) {
            running.release();
        }
        LeaderService leader = led;
        if (leader != null) {
            leader.release();
        }
    }
}
