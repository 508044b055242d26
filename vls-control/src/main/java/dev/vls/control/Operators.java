package dev.vls.control;

import dev.vls.control.socket.ControlRefusal;
import dev.vls.machine.Input;
import dev.vls.machine.control.ControlCommand;
import dev.vls.machine.host.HostInputs;
import java.util.IdentityHashMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** Gives the machine operators' commands, and them its answers. From any thread. */
final class Operators {
    private static final long PATIENCE_SECONDS = 8;

    private final HostInputs inputs;
    private final IdentityHashMap<ControlCommand, CompletableFuture<@Nullable String>> waiting =
            new IdentityHashMap<>();

    private boolean held;

    Operators(HostInputs inputs) {
        this.inputs = inputs;
    }

    /**
     * Gives a command, and waits until it was carried out.
     *
     * @throws ControlRefusal if the machine refuses it, or does not get to it
     */
    void command(ControlCommand command) throws ControlRefusal, InterruptedException {
        CompletableFuture<@Nullable String> answer = new CompletableFuture<>();
        synchronized (this) {
            waiting.put(command, answer);
        }
        inputs.offer(new Input.Control(command));
        try {
            String refusal = answer.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
            if (refusal != null) {
                throw new ControlRefusal(ExitCode.FAILED, refusal);
            }
        } catch (TimeoutException e) {
            throw new ControlRefusal(
                    ExitCode.FAILED,
                    "the machine has not got to it: it waits for a reader of its console, or has ended");
        } catch (ExecutionException e) {
            throw new IllegalStateException("an answer is never an exception", e);
        } finally {
            synchronized (this) {
                waiting.remove(command);
            }
        }
    }

    /** A command was carried out or refused; on the machine's thread. */
    synchronized void done(ControlCommand command, @Nullable String refusal) {
        if (refusal == null) {
            follow(command);
        }
        CompletableFuture<@Nullable String> answer = waiting.get(command);
        if (answer != null) {
            answer.complete(refusal);
        }
    }

    /**
     * A guest that was paused, or asked to suspend itself, sets no timer and yet does not wait for
     * ever: an operator may let it go on.
     */
    private void follow(ControlCommand command) {
        boolean holds =
                switch (command) {
                    case ControlCommand.Pause pause -> true;
                    case ControlCommand.Shutdown shutdown ->
                            shutdown.request() == ControlCommand.ShutdownRequest.SUSPEND;
                    case ControlCommand.Unpause unpause -> false;
                    case ControlCommand.Resume resume -> false;
                    default -> held;
                };
        if (holds != held) {
            held = holds;
            if (holds) {
                inputs.open();
            } else {
                inputs.close();
            }
        }
    }
}
