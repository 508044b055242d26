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
        if (refusal == null && command instanceof ControlCommand.Pause) {
            // A paused guest sets no timer, and yet it does not wait for ever.
            inputs.open();
        } else if (refusal == null && command instanceof ControlCommand.Unpause) {
            inputs.close();
        }
        CompletableFuture<@Nullable String> answer = waiting.get(command);
        if (answer != null) {
            answer.complete(refusal);
        }
    }
}
