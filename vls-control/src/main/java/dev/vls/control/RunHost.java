package dev.vls.control;

import dev.vls.control.RunOptions.ClockSource;
import dev.vls.machine.Input;
import dev.vls.machine.Machine;
import dev.vls.machine.OutputSink;
import dev.vls.machine.control.ControlCommand;
import dev.vls.machine.device.block.DiskOperation;
import dev.vls.machine.device.block.DiskRequest;
import dev.vls.machine.device.block.VirtualDisk;
import dev.vls.machine.device.net.FrameOffload;
import dev.vls.machine.host.HostClock;
import dev.vls.machine.host.HostInputs;
import dev.vls.machine.host.VirtualInputs;
import dev.vls.machine.host.disk.HostDisks;
import dev.vls.machine.host.net.Announcement;
import dev.vls.machine.host.net.NetworkLink;
import dev.vls.machine.host.net.NetworkPlug;
import dev.vls.machine.xenstore.DomainDescription;
import dev.vls.replay.Recording;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The host's side of a run: the clock, the console, operators, and what else reaches the guest from
 * outside. Counts what passes for the statistics.
 */
final class RunHost implements AutoCloseable {
    private final HostInputs inputs = new HostInputs();
    private final HostConsole console;
    private final @Nullable VirtualInputs virtual;
    private final HostClock hostClock;
    private final CountedInputs counted;
    private final List<NetworkPlug> networks = new ArrayList<>();
    private final List<NetworkLink> links = new ArrayList<>();
    private final AttendedInputs attended;
    private final LateFrames lateFrames = new LateFrames();
    private final Operators operators = new Operators(inputs);
    private @Nullable HostDisks disks;
    private @Nullable Machine machine;
    private volatile Runnable onRelease = () -> {};
    private long outputCount;

    /**
     * Opens all of it; nothing is consumed before {@link #start}.
     *
     * @param seed varies virtual time
     * @throws CommandException if the console's file cannot be written
     */
    RunHost(ConsoleTarget target, ClockSource clock, long seed) {
        console = HostConsole.open(target, inputs);
        virtual = clock == ClockSource.VIRTUAL ? new VirtualInputs(inputs, seed) : null;
        hostClock = new HostClock(inputs);
        counted = new CountedInputs(virtual == null ? hostClock : virtual);
        attended = new AttendedInputs(counted, inputs, this::attend);
    }

    /**
     * Opens the guest's disks.
     *
     * @param report told in one line of a disk's failure; by any thread
     * @throws dev.vls.machine.image.ImageException if one cannot be used; none is open then
     */
    void openDisks(List<HostDisks.Choice> choices, Consumer<String> report) {
        disks = HostDisks.open(choices, report);
        serveDisks();
    }

    /** The same for disks that a replay uses before a machine does. */
    HostDisks openReplayedDisks(List<HostDisks.Choice> choices, Consumer<String> report) {
        HostDisks opened = HostDisks.open(choices, report);
        disks = opened;
        return opened;
    }

    /** The disks are the machine's from now on. */
    void serveDisks() {
        HostDisks opened = openedDisks();
        if (virtual == null) {
            opened.startThreads(inputs);
        } else {
            opened.answerAtOnce(virtual::answer);
        }
    }

    /** What the domain is given of disks; they are open. */
    List<VirtualDisk> disks() {
        return openedDisks().disks();
    }

    /** The disks, which are open. */
    HostDisks openedDisks() {
        return Objects.requireNonNull(disks, "the disks are not open");
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

    /** The guest's interfaces are plugged in here from now on; some guests do not say so. */
    void announce(List<DomainDescription.Interface> interfaces) {
        for (int i = 0; i < networks.size(); i++) {
            byte[] frame = Announcement.of(interfaces.get(i).mac());
            networks.get(i).send(frame, 0, frame.length, FrameOffload.NONE);
        }
    }

    /** Starts to take input from users and networks, for a machine that is about to run. */
    void start(Machine running, StopControl stop) {
        machine = running;
        attended.setStopper(
                () -> {
                    // One that has shut down waits for inputs, and is paused there.
                    if (!running.domain().isShutDown()) {
                        running.requestStop();
                    }
                });
        console.start(stop);
        networks.forEach(NetworkPlug::start);
        lateFrames.passTo(networks);
    }

    /** What came for the guest where it ran before. */
    LateFrames lateFrames() {
        return lateFrames;
    }

    /** Takes frames for a guest. */
    @FunctionalInterface
    interface FrameTaker {
        void frame(int device, byte[] bytes);
    }

    /**
     * The machine stands still to be handed over: frames for it, also those that it has not asked
     * for yet, go elsewhere. What has work left to do is lost.
     *
     * @param to null if the machine goes on
     */
    void divertFrames(@Nullable FrameTaker to) {
        for (int i = 0; i < networks.size(); i++) {
            int device = i;
            networks.get(i).divert(to == null ? null : bytes -> to.frame(device, bytes));
        }
        if (to != null) {
            for (Input.NetRx waiting : inputs.takeFrames()) {
                networks.get(waiting.device()).taken(waiting.frame().length);
                if (waiting.offload().equals(FrameOffload.NONE)) {
                    to.frame(waiting.device(), waiting.frame());
                }
            }
        }
    }

    /** The machine has a past: its time goes on, and its disks do what they have not answered. */
    void continueFrom(Machine restored) {
        hostClock.continueFrom(restored.domain().time().now());
        restored.unansweredDiskRequests().forEach(openedDisks()::submit);
        for (int i = 0; i < networks.size(); i++) {
            networks.get(i).continueFrom(restored.outsideBytes(i));
        }
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

    /** Makes a machine that waits look up; from any thread. */
    void wake() {
        inputs.wake();
    }

    /** What else is to be told when the run is to end; by any thread. */
    void onRelease(Runnable told) {
        onRelease = told;
    }

    /** The run is to end: wakes a machine that waits for input or for a reader of its output. */
    void release() {
        onRelease.run();
        console.release();
        inputs.wake();
    }

    /** Where others look at the machine. */
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

    /** The machine's ways in and out. */
    Recording.Ports ports() {
        return new Recording.Ports(attended, new Outputs());
    }

    private final class Outputs implements OutputSink {
        @Override
        public void console(byte[] bytes, int offset, int length) {
            outputCount++;
            console.write(bytes, offset, length);
        }

        @Override
        public void disk(DiskRequest request) {
            if (request.operation() != DiskOperation.READ) {
                outputCount++;
            }
            openedDisks().submit(request);
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
    }

    /** Outputs so far: runs of bytes that the guest handed over at once, and frames. */
    long outputCount() {
        return outputCount;
    }

    @Override
    public void close() {
        networks.forEach(NetworkPlug::close);
        try {
            if (disks != null) {
                disks.close();
            }
        } finally {
            console.close();
        }
    }
}
