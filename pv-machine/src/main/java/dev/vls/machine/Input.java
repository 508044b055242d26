package dev.vls.machine;

import dev.vls.machine.control.ControlCommand;
import dev.vls.machine.device.net.FrameOffload;

/**
 * Something that the guest could not have computed by itself. Applied at an exact place: a vCPU and
 * its instruction count (docs/spec/determinism.md).
 */
public sealed interface Input {
    /**
     * So many nanoseconds of host time have passed, beyond those that the machine counted itself.
     */
    record Clock(long nanoseconds) implements Input {
        public Clock {
            if (nanoseconds < 0) {
                throw new IllegalArgumentException("time cannot go back: " + nanoseconds);
            }
        }
    }

    /** Bytes typed at the console. The array is not changed by anybody. */
    @SuppressWarnings("ArrayRecordComponent") // Compared by nobody; a copy per keystroke is waste.
    record ConsoleIn(byte[] bytes) implements Input {}

    /**
     * A frame that arrived from the network. The array is not changed by anybody.
     *
     * @param device index of the interface
     * @param offload what is left to do with it
     */
    @SuppressWarnings("ArrayRecordComponent") // As above.
    record NetRx(int device, byte[] frame, FrameOffload offload) implements Input {}

    /**
     * An interface's cable was plugged in or pulled; all are pulled at first.
     *
     * @param device index of the interface
     */
    record NetCarrier(int device, boolean up) implements Input {}

    /**
     * The host has done a request to a disk; what it read is in the request's buffer.
     *
     * @param device the disk's index, 0 for xvda
     * @param request its number
     * @param status {@link dev.vls.xen.abi.io.BlkifStatus}
     */
    record BlockDone(int device, long request, int status) implements Input {}

    /** An operator's command. */
    record Control(ControlCommand command) implements Input {}
}
