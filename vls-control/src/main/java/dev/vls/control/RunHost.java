package dev.vls.control;

import dev.vls.control.RunCommand.ClockSource;
import dev.vls.machine.InputSource;
import dev.vls.machine.Machine;
import dev.vls.machine.OutputSink;
import dev.vls.machine.control.ControlCommand;
import dev.vls.machine.device.net.FrameOffload;
import dev.vls.machine.host.HostClock;
import dev.vls.machine.host.HostInputs;
import dev.vls.machine.host.VirtualInputs;
import dev.vls.machine.host.net.NetworkLink;
import dev.vls.machine.host.net.NetworkPlug;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The host's side of a run: the clock, the console, operators, and what else reaches the guest from
 * outside. Counts what passes for the statistics.
 */
final class RunHost implements AutoCloseable {
    private final HostInputs inputs = new HostInputs();
    private final HostConsole console;
    private final CountedInputs counted;
    private final List<NetworkPlug> networks = new ArrayList<>();
    private final List<NetworkLink> links = new ArrayList<>();
    private final AttendedInputs attended;
    private final Operators operators = new Operators(inputs);
    private @Nullable Machine machine;
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
        attended = new AttendedInputs(counted, inputs, this::attend);
    }

    /**
     * Opens what the guest's interfaces are plugged into.
     *
     * @param remarks told what an operator should know, in lines
     * @throws CommandException if one of them is not there
     */
    void openNetworks(List<NetworkTarget> targets, Consumer<String> remarks) {
        for (NetworkTarget target : targets) {
            int index = links.size();
            NetworkLink link = target.open(index);
            links.add(link);
            networks.add(new NetworkPlug(index, link, inputs, remarks));
        }
    }

    /** Whether a network takes frames with work left to do. */
    boolean takesOffloads(int network) {
        return links.get(network).takesOffloads();
    }

    /** Starts to take input from users and networks, for a machine that is about to run. */
    void start(Machine running, StopControl stop) {
        machine = running;
        console.start(stop);
        networks.forEach(NetworkPlug::start);
    }

    /** Operators may have commands for the guest as long as it runs, whatever it waits for. */
    void awaitOperators() {
        inputs.open();
    }

    /** Between two instructions, very often. */
    private void attend() {
        if (machine != null) {
            console.keyboard().taken(counted.consoleBytes(), machine.consoleBacklog());
        }
    }

    /** The run is to end: wakes a machine that waits for input or for a reader of its output. */
    void release() {
        console.release();
        inputs.wake();
    }

    /** What the machine gets. */
    AttendedInputs inputs() {
        return attended;
    }

    CountedInputs countedInputs() {
        return counted;
    }

    HostConsole console() {
        return console;
    }

    Operators operators() {
        return operators;
    }

    OutputSink outputs() {
        return new OutputSink() {
            @Override
            public void console(byte[] bytes, int offset, int length) {
                outputCount++;
                console.write(bytes, offset, length);
            }

            @Override
            public void controlDone(ControlCommand command, @Nullable String refusal) {
                operators.done(command, refusal);
            }

            @Override
            public void networkFrame(
                    int device, byte[] bytes, int offset, int length, FrameOffload offload) {
                outputCount++;
                networks.get(device).send(bytes, offset, length, offload);
            }

            @Override
            public void networkTaken(int device, int bytes) {
                networks.get(device).taken(bytes);
            }
        };
    }

    /** Outputs so far: runs of bytes that the guest handed over at once, and frames. */
    long outputCount() {
        return outputCount;
    }

    @Override
    public void close() {
        networks.forEach(NetworkPlug::close);
        console.close();
    }
}
