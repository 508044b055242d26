package dev.vls.control;

import dev.vls.control.RunCommand.ClockSource;
import dev.vls.machine.Input;
import dev.vls.machine.InputSource;
import dev.vls.machine.OutputSink;
import dev.vls.machine.host.HostClock;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The host's side of a run: the clock, and the guest's console on standard input and output, in a
 * file, or nowhere. Counts what passes for the statistics.
 */
final class HostConsole implements AutoCloseable {
    private static final int CHUNK_BYTES = 1024;

    private final OutputStream output;
    private final boolean ownsOutput;
    private final @Nullable HostClock hostClock;
    private final @Nullable VirtualInputs virtualInputs;
    private final CountedInputs inputs;
    private long outputCount;

    private HostConsole(OutputStream output, boolean ownsOutput, ClockSource clock) {
        this.output = output;
        this.ownsOutput = ownsOutput;
        hostClock = clock == ClockSource.HOST ? new HostClock() : null;
        virtualInputs = hostClock == null ? new VirtualInputs() : null;
        inputs = new CountedInputs(hostClock != null ? hostClock : requireVirtual());
    }

    /**
     * Opens the console.
     *
     * @throws CommandException if its file cannot be written
     */
    static HostConsole open(ConsoleTarget target, ClockSource clock) {
        return switch (target) {
            case ConsoleTarget.None none ->
                    new HostConsole(OutputStream.nullOutputStream(), true, clock).withoutInput();
            case ConsoleTarget.ToFile file ->
                    new HostConsole(create(file), true, clock).withoutInput();
            case ConsoleTarget.Stdio stdio ->
                    new HostConsole(new FileOutputStream(FileDescriptor.out), false, clock);
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

    private HostConsole withoutInput() {
        endInput();
        return this;
    }

    /** Starts to read input, if the console has any; before that nothing of it is consumed. */
    void start() {
        if (ownsOutput) {
            return;
        }
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
                offer(new Input.ConsoleIn(Arrays.copyOf(chunk, count)));
            }
        } catch (IOException closed) {
            // A standard input that cannot be read has no input.
        }
        endInput();
    }

    private VirtualInputs requireVirtual() {
        if (virtualInputs == null) {
            throw new IllegalStateException("neither clock");
        }
        return virtualInputs;
    }

    private void offer(Input input) {
        if (hostClock != null) {
            hostClock.offer(input);
        } else {
            requireVirtual().offer(input);
        }
    }

    private void endInput() {
        if (hostClock != null) {
            hostClock.close();
        } else {
            requireVirtual().close();
        }
    }

    /** Makes a machine that waits for input look up. */
    void wake() {
        offer(new Input.Clock(0));
    }

    InputSource inputs() {
        return inputs;
    }

    CountedInputs countedInputs() {
        return inputs;
    }

    /** Outputs so far: runs of bytes that the guest handed over at once. */
    long outputCount() {
        return outputCount;
    }

    OutputSink outputs() {
        return (bytes, offset, length) -> {
            outputCount++;
            try {
                output.write(bytes, offset, length);
            } catch (IOException e) {
                throw new CommandException(
                        ExitCode.FAILED,
                        "console: cannot be written (" + e.getMessage() + "): the run ends here",
                        e);
            }
        };
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
