package dev.vls.machine;

import dev.vls.machine.control.ControlCommand;
import dev.vls.machine.device.block.DiskRequest;
import dev.vls.machine.device.net.FrameOffload;
import dev.vls.machine.device.net.NetworkPort;
import org.jspecify.annotations.Nullable;

/**
 * Where outputs go. Called on the machine's thread at the instruction that causes the output;
 * arrays are only lent.
 */
public interface OutputSink extends NetworkPort {
    /** Bytes that the guest wrote to its console. */
    void console(byte[] bytes, int offset, int length);

    /**
     * A request to a disk, as {@link dev.vls.machine.device.block.DiskPort} says.
     *
     * @throws IllegalStateException if the domain was given no disks, so that nobody listens
     */
    default void disk(DiskRequest request) {
        throw new IllegalStateException("no disk " + request.disk());
    }

    /**
     * A CONTROL input was applied.
     *
     * @param refusal null if the command was carried out, else why not, for the operator
     */
    default void controlDone(ControlCommand command, @Nullable String refusal) {}

    @Override
    default void networkFrame(
            int device, byte[] bytes, int offset, int length, FrameOffload offload) {}

    @Override
    default void networkTaken(int device, int bytes) {}
}
