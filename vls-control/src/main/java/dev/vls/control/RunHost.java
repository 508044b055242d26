package dev.vls.control;

import dev.vls.control.RunCommand.ClockSource;
import dev.vls.machine.InputSource;
import dev.vls.machine.OutputSink;
import dev.vls.machine.host.HostClock;
import dev.vls.machine.host.HostInputs;
import dev.vls.machine.host.VirtualInputs;

/**
 * The host's side of a run: the clock, the console, and what else reaches the guest from outside.
 * Counts what passes for the statistics.
 */
final class RunHost implements AutoCloseable {
    private final HostInputs inputs = new HostInputs();
    private final HostConsole console;
    private final CountedInputs counted;
    private long outputCount;

    /**
     * Opens all of it; nothing is consumed before {@link #start}.
     *
     * @throws CommandException if the console's file cannot be written
     */
    RunHost(ConsoleTarget target, ClockSource clock) {
        console = HostConsole.open(target, inputs);
        InputSource source =
                switch (clock) {
                    case HOST -> new HostClock(inputs);
                    case VIRTUAL -> new VirtualInputs(inputs);
                };
        counted = new CountedInputs(source);
    }

    /** Starts to take input from users. */
    void start() {
        console.start();
    }

    /** Makes a machine that waits for input look up. */
    void wake() {
        inputs.wake();
    }

    CountedInputs inputs() {
        return counted;
    }

    OutputSink outputs() {
        return (bytes, offset, length) -> {
            outputCount++;
            console.write(bytes, offset, length);
        };
    }

    /** Outputs so far: runs of bytes that the guest handed over at once. */
    long outputCount() {
        return outputCount;
    }

    @Override
    public void close() {
        console.close();
    }
}
