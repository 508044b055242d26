package dev.vls.control;

import dev.vls.control.console.ConsoleBuffer;
import dev.vls.machine.frames.MemoryManager;
import dev.vls.machine.image.ImageException;
import dev.vls.machine.memory.MachineMemory;
import dev.vls.migration.ArrivingMemory;
import dev.vls.migration.DiskCopy;
import dev.vls.replay.FollowedLog;
import dev.vls.replay.FollowedOutputs;
import dev.vls.replay.GuestDescription;
import dev.vls.replay.GuestHeader;
import dev.vls.replay.wire.Message;
import dev.vls.replay.wire.Packer;
import dev.vls.replay.wire.WireException;
import dev.vls.trace.TraceFormatException;
import dev.vls.trace.TraceHeader;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A guest as it arrives from its leader: description, memory, log. Filled by the protocol's thread;
 * the replay, on another one, takes it from there.
 */
final class FollowedGuest {
    final byte[] json;
    final TraceHeader header;
    final GuestDescription guest;
    final String domain;
    final RunHost host;
    final FollowedOutputs outputs;
    private final MachineMemory memory;
    final ArrivingMemory arriving;
    private final Packer packer = new Packer(true);
    private final Runnable progressed;
    private final Consumer<String> report;
    private volatile @Nullable FollowedLog log;
    private volatile long consoleBefore;
    private boolean given;

    /**
     * @param welcome what the leader says of it
     * @param requests takes frames that the replay waits for; on the replay's thread
     * @param report told in one line what an operator should know
     * @param progressed told, on the replay's thread, that it has come further
     * @throws TraceFormatException if it says nothing that makes sense
     * @throws dev.vls.replay.ReplayException likewise
     * @throws dev.vls.machine.memory.HostMemoryException if there is no memory for it
     */
    FollowedGuest(
            Message.Welcome welcome,
            Hosts hosts,
            Consumer<long[]> requests,
            Consumer<String> report,
            Runnable progressed) {
        this.json = welcome.header();
        this.header = TraceHeader.ofJson(json);
        this.guest = GuestHeader.read(header);
        this.domain = welcome.domain();
        this.host = hosts.open(guest);
        this.progressed = progressed;
        this.report = report;
        ConsoleBuffer buffer = host.console().buffer();
        this.outputs = new FollowedOutputs(host.ports().outputs(), buffer::write);
        this.memory =
                MachineMemory.allocate(
                        MemoryManager.machineBytes(
                                guest.memoryBytes() >> MachineMemory.PAGE_SHIFT));
        this.arriving = new ArrivingMemory(memory, requests);
    }

    /** Makes what a guest is to have of this host. */
    @FunctionalInterface
    interface Hosts {
        /**
         * For a guest.
         *
         * @throws CommandException if it cannot be had
         */
        RunHost open(GuestDescription guest);
    }

    void pages(Message.Pages pages) {
        arriving.fill(pages);
    }

    void missing(Message.Missing missing) {
        arriving.expect(missing);
    }

    void complete() {
        if (!arriving.isComplete()) {
            throw new WireException("memory is said to be complete, and is not");
        }
        report.accept("memory is complete, " + arriving.waits());
    }

    void disk(Message.Disk part) {
        try {
            DiskCopy.take(host.openedDisks(), packer, part);
        } catch (ImageException e) {
            throw new IllegalArgumentException(e.getMessage(), e);
        }
    }

    void instant(Message.Instant instant) {
        if (instant.frames() != memory.frames()) {
            throw new WireException("the machine has another number of frames than its guest");
        }
        consoleBefore = instant.consoleBytes();
        host.console().buffer().beginAt(consoleBefore);
        log = new FollowedLog(guest.vcpus(), instant.nextEvent(), progressed);
    }

    /** Bytes of the console that have left the leader, since the guest's start. */
    long consoleReleased() {
        return consoleBefore + outputs.consoleReleased();
    }

    /** The log; its instant has come. */
    FollowedLog log() {
        return Objects.requireNonNull(log, "no instant has come");
    }

    void add(Message.Log chunk) {
        try {
            if (!log().add(packer.unpack(chunk.content()))) {
                throw new WireException("more log than can be kept waits for the replay");
            }
        } catch (TraceFormatException e) {
            throw new WireException("log that is none: " + e.getMessage());
        }
    }

    /** How far the replay is; nothing before it has begun. */
    @Nullable FollowedLog logOrNull() {
        return log;
    }

    /** The memory, which is the taker's from now on. */
    MachineMemory takeMemory() {
        given = true;
        return memory;
    }

    /** It is not wanted any more: its replay, if there is one, stops where it is. */
    void discard() {
        arriving.close();
        FollowedLog arrived = log;
        if (arrived != null) {
            arrived.abandon();
        }
        if (!given) {
            given = true;
            memory.close();
        }
    }
}
