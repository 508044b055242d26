package dev.vls.machine.hypervisor;

import dev.vls.machine.state.StateFields;
import java.util.Arrays;

/**
 * The hypervisor's console as an initial domain uses it by console_io: output goes to whoever was
 * set, input waits in a ring as long as Xen's serial one; what does not fit is lost.
 */
public final class HypervisorConsole {
    /** Receives what the guest writes; bytes are to be copied. */
    @FunctionalInterface
    public interface Output {
        void write(byte[] bytes, int offset, int length);
    }

    private static final int RING_SIZE = 128;

    private final byte[] ring = new byte[RING_SIZE];
    private int filled;
    private Output output = (bytes, offset, length) -> {};

    HypervisorConsole() {}

    public void setOutput(Output newOutput) {
        output = newOutput;
    }

    public void write(byte[] bytes, int offset, int length) {
        output.write(bytes, offset, length);
    }

    /** Input from outside. */
    public void receive(byte[] bytes) {
        int count = Math.min(bytes.length, RING_SIZE - filled);
        System.arraycopy(bytes, 0, ring, filled, count);
        filled += count;
    }

    /** Takes at most so many bytes of input; the number that there were. */
    public int read(byte[] target, int limit) {
        int count = Math.min(limit, filled);
        System.arraycopy(ring, 0, target, 0, count);
        System.arraycopy(ring, count, ring, 0, filled - count);
        Arrays.fill(ring, filled - count, filled, (byte) 0);
        filled -= count;
        return count;
    }

    void state(StateFields s) {
        s.bytes("ring", ring);
        filled = s.int32("filled", filled, 0, RING_SIZE);
    }
}
