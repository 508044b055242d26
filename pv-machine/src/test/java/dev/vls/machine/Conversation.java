package dev.vls.machine;

import dev.vls.machine.control.ControlCommand;
import dev.vls.machine.control.ControlCommandParser;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A user and operator of a machine with virtual time: waits for texts on the console, and types and
 * commands once the guest has printed them and every vCPU waits. One script gives one run.
 */
final class Conversation implements InputSource, OutputSink {
    private sealed interface Step {
        record Expect(String text) implements Step {}

        record Give(Input input) implements Step {}

        record When(BooleanSupplier condition) implements Step {}

        record Look(Runnable what) implements Step {}
    }

    private final Queue<Step> steps = new ArrayDeque<>();
    private final VirtualClock clock = new VirtualClock();
    private final ByteArrayOutputStream output = new ByteArrayOutputStream();
    private final StringBuilder unread = new StringBuilder();

    /** Waits until the console has said a text, behind what was expected before. */
    Conversation expect(String text) {
        steps.add(new Step.Expect(text));
        return this;
    }

    /** Types a line. */
    Conversation type(String line) {
        byte[] bytes = (line + "\n").getBytes(StandardCharsets.ISO_8859_1);
        steps.add(new Step.Give(new Input.ConsoleIn(bytes)));
        return this;
    }

    Conversation command(String text) {
        steps.add(new Step.Give(new Input.Control(ControlCommandParser.parse(text))));
        return this;
    }

    /** So much time passes. */
    Conversation pass(long nanoseconds) {
        steps.add(new Step.Give(new Input.Clock(nanoseconds)));
        return this;
    }

    /**
     * Waits until something holds while every vCPU waits or the domain is suspended; what follows
     * is given right there.
     */
    Conversation when(BooleanSupplier condition) {
        steps.add(new Step.When(condition));
        return this;
    }

    /** Looks at the machine while every vCPU waits. */
    Conversation look(Runnable what) {
        steps.add(new Step.Look(what));
        return this;
    }

    boolean isAtEnd() {
        return steps.isEmpty();
    }

    /** What is waited for, for the report of a failure. */
    String nextStep() {
        return String.valueOf(steps.peek());
    }

    String console() {
        return output.toString(StandardCharsets.ISO_8859_1);
    }

    private @Nullable Input next() {
        while (true) {
            switch (steps.peek()) {
                case Step.Expect expected -> {
                    int at = unread.indexOf(expected.text);
                    if (at < 0) {
                        return null;
                    }
                    unread.delete(0, at + expected.text.length());
                    steps.remove();
                }
                case Step.When when -> {
                    if (!when.condition.getAsBoolean()) {
                        return null;
                    }
                    steps.remove();
                }
                case Step.Give given -> {
                    steps.remove();
                    return given.input;
                }
                case Step.Look look -> {
                    steps.remove();
                    look.what.run();
                }
                case null -> {
                    return null;
                }
            }
        }
    }

    @Override
    public long runLimit(int vcpu, long instructionCount) {
        return Long.MAX_VALUE;
    }

    @Override
    public @Nullable Input poll(int vcpu, long instructionCount, long systemTime) {
        return steps.peek() instanceof Step.When ? next() : null;
    }

    @Override
    public @Nullable Input await(int vcpu, long instructionCount, long systemTime, long deadline) {
        Input input = next();
        return input != null ? input : clock.await(vcpu, instructionCount, systemTime, deadline);
    }

    @Override
    public void console(byte[] bytes, int offset, int length) {
        output.write(bytes, offset, length);
        unread.append(new String(bytes, offset, length, StandardCharsets.ISO_8859_1));
    }

    @Override
    public void controlDone(ControlCommand command, @Nullable String refusal) {
        unread.append(refusal == null ? "[done]" : "[refused]");
    }
}
