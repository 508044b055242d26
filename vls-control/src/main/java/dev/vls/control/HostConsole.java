package dev.vls.control;

import dev.vls.machine.Input;
import dev.vls.machine.host.HostInputs;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Arrays;

/** The guest's console on standard input and output, in a file, or nowhere. */
final class HostConsole implements AutoCloseable {
    private static final int CHUNK_BYTES = 1024;

    private final OutputStream output;
    private final boolean ownsOutput;
    private final HostInputs inputs;

    private HostConsole(OutputStream output, boolean ownsOutput, HostInputs inputs) {
        this.output = output;
        this.ownsOutput = ownsOutput;
        this.inputs = inputs;
    }

    /**
     * Opens the console.
     *
     * @throws CommandException if its file cannot be written
     */
    static HostConsole open(ConsoleTarget target, HostInputs inputs) {
        return switch (target) {
            case ConsoleTarget.None none ->
                    new HostConsole(OutputStream.nullOutputStream(), true, inputs);
            case ConsoleTarget.ToFile file -> new HostConsole(create(file), true, inputs);
            case ConsoleTarget.Stdio stdio ->
                    new HostConsole(new FileOutputStream(FileDescriptor.out), false, inputs);
        };
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

    /** Starts to read input, if the console has any; before that nothing of it is consumed. */
    void start() {
        if (ownsOutput) {
            return;
        }
        inputs.open();
        Thread reader = new Thread(this::readStdin, "vls-stdin");
        reader.setDaemon(true);
        reader.start();
    }

    private void readStdin() {
        byte[] chunk = new byte[CHUNK_BYTES];
        // Standard input belongs to the process: it is not closed here.
        InputStream stdin = new FileInputStream(FileDescriptor.in);
        try {
            for (int count = stdin.read(chunk); count >= 0; count = stdin.read(chunk)) {
                inputs.offer(new Input.ConsoleIn(Arrays.copyOf(chunk, count)));
            }
        } catch (IOException closed) {
            // A standard input that cannot be read has no input.
        }
        inputs.close();
    }

    /**
     * Writes what the guest wrote.
     *
     * @throws CommandException if it cannot be written
     */
    void write(byte[] bytes, int offset, int length) {
        try {
            output.write(bytes, offset, length);
        } catch (IOException e) {
            throw new CommandException(
                    ExitCode.FAILED,
                    "console: cannot be written (" + e.getMessage() + "): the run ends here",
                    e);
        }
    }

    @Override
    public void close() {
        if (!ownsOutput) {
            return;
        }
        try {
            output.close();
        } catch (IOException e) {
            throw new CommandException(
                    ExitCode.FAILED, "console: cannot be written (" + e.getMessage() + ")", e);
        }
    }
}
