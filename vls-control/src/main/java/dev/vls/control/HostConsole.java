package dev.vls.control;

import dev.vls.control.RunEnd.StopReason;
import dev.vls.control.console.ConsoleBuffer;
import dev.vls.control.console.ConsoleInput;
import dev.vls.control.console.ConsoleOutput;
import dev.vls.control.console.RawTerminal;
import dev.vls.machine.host.HostInputs;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import org.jspecify.annotations.Nullable;

/**
 * The guest's console on standard input and output, in a file, or nowhere; in any case what it
 * wrote last is kept for who attaches later. The guest waits for a slow reader.
 */
final class HostConsole implements AutoCloseable {
    /** What a stream that takes nothing may still have when the run was ended from outside. */
    private static final long PARTING_MILLISECONDS = 2000;

    private static final int STDOUT = 1;

    private final ConsoleTarget target;
    private final @Nullable OutputStream file;
    private final HostInputs inputs;
    private final Keyboard keyboard;
    private final ConsoleBuffer buffer = new ConsoleBuffer();
    private @Nullable RawTerminal terminal;
    private @Nullable ConsoleOutput output;
    private volatile boolean released;
    private long startAt;

    private HostConsole(ConsoleTarget target, @Nullable OutputStream file, HostInputs inputs) {
        this.target = target;
        this.file = file;
        this.inputs = inputs;
        this.keyboard = new Keyboard(inputs);
    }

    /**
     * Opens the console.
     *
     * @throws CommandException if its file cannot be written
     */
    static HostConsole open(ConsoleTarget target, HostInputs inputs) {
        OutputStream file = target instanceof ConsoleTarget.ToFile to ? create(to) : null;
        return new HostConsole(target, file, inputs);
    }

    private static OutputStream create(ConsoleTarget.ToFile file) {
        try {
            return new FileOutputStream(file.path());
        } catch (IOException e) {
            throw new CommandException(
                    ExitCode.USAGE,
                    "--console file=%s: cannot be written (%s): choose another file"
                            .formatted(file.path(), e.getMessage()),
                    e);
        }
    }

    /**
     * Starts to pass output on, and to read input if the console has any; before that nothing of it
     * is consumed, and a terminal is as it was.
     */
    void start(StopControl stop) {
        switch (target) {
            case ConsoleTarget.Stdio stdio -> {
                terminal = RawTerminal.enter();
                boolean raw = terminal != null && RawTerminal.isTerminal(STDOUT);
                output = follow(new FileOutputStream(FileDescriptor.out), raw, stop);
                inputs.open();
                // Standard input belongs to the process: it is not closed.
                new ConsoleInput(
                                new FileInputStream(FileDescriptor.in),
                                terminal != null,
                                new Typist(stop))
                        .start();
            }
            case ConsoleTarget.Output written ->
                    output = follow(new FileOutputStream(FileDescriptor.out), false, stop);
            case ConsoleTarget.ToFile to -> {
                if (file != null) {
                    output = follow(file, false, stop);
                }
            }
            // Whoever attaches may type.
            case ConsoleTarget.Socket socket -> inputs.open();
            case ConsoleTarget.None none -> {}
        }
    }

    /** What was written before has left in another way, up to here; before {@link #start}. */
    void startAt(long position) {
        startAt = position;
    }

    private ConsoleOutput follow(OutputStream stream, boolean raw, StopControl stop) {
        return new ConsoleOutput(
                buffer,
                buffer.follow(startAt),
                stream,
                raw,
                () -> stop.stop(StopReason.CONSOLE_LOST));
    }

    /** What is typed at standard input. */
    private final class Typist implements ConsoleInput.Target {
        private final StopControl stop;

        Typist(StopControl stop) {
            this.stop = stop;
        }

        @Override
        public void type(byte[] bytes) throws InterruptedException {
            keyboard.type(bytes);
        }

        @Override
        public void end() {
            inputs.close();
        }

        @Override
        public void escape() {
            stop.stop(StopReason.LEFT);
        }
    }

    ConsoleBuffer buffer() {
        return buffer;
    }

    Keyboard keyboard() {
        return keyboard;
    }

    /**
     * Writes what the guest wrote; waits for a slow reader.
     *
     * @throws CommandException if it cannot be written
     */
    void write(byte[] bytes, int offset, int length) {
        checkOutput();
        buffer.write(bytes, offset, length);
    }

    private void checkOutput() {
        IOException failure = output == null ? null : output.failure();
        if (failure != null) {
            throw new CommandException(
                    ExitCode.FAILED,
                    "console: cannot be written (%s): the run ends here"
                            .formatted(failure.getMessage()),
                    failure);
        }
    }

    /** Waits until what the guest wrote is where it belongs, so that a log line comes after it. */
    void flush() {
        if (output != null) {
            output.flush();
        }
    }

    /** How lines end on standard error, which may be the terminal that is raw. */
    String lineEnd() {
        return terminal == null ? System.lineSeparator() : "\r\n";
    }

    /** The run is to end: nobody is waited for any more. */
    void release() {
        released = true;
        buffer.release();
    }

    @Override
    public void close() {
        buffer.close();
        try {
            if (output != null) {
                output.join(released ? PARTING_MILLISECONDS : 0);
                checkOutput();
            }
            if (file != null) {
                file.close();
            }
        } catch (IOException e) {
            throw new CommandException(
                    ExitCode.FAILED, "console: cannot be written (" + e.getMessage() + ")", e);
        } finally {
            if (terminal != null) {
                terminal.close();
            }
        }
    }
}
