package dev.vls.machine;

import dev.vls.machine.control.ControlCommand;
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
