package dev.vls.control;

import dev.vls.machine.Input;
import dev.vls.machine.device.net.FrameOffload;
import dev.vls.machine.host.net.NetworkPlug;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;

/**
 * Frames that came to the leader of before while its guest stood still to be handed over, for when
 * the guest goes on here.
 */
final class LateFrames {
    /**
     * More is lost, as on a network: a plug has room for twice as much, and nobody is to wait for
     * it here.
     */
    private static final int BYTES_MAX = 512 << 10;

    private final Queue<Input.NetRx> waiting = new ArrayDeque<>();
    private int bytes;
    private List<NetworkPlug> plugs = List.of();

    /** One more; from any thread. */
    synchronized void add(int device, byte[] frame) {
        bytes += frame.length;
        if (bytes > BYTES_MAX) {
            bytes = BYTES_MAX;
        } else if (!plugs.isEmpty()) {
            pass(device, frame);
        } else {
            waiting.add(new Input.NetRx(device, frame, FrameOffload.NONE));
        }
    }

    /** The guest goes on, and has these interfaces. */
    synchronized void passTo(List<NetworkPlug> networks) {
        plugs = List.copyOf(networks);
        waiting.forEach(frame -> pass(frame.device(), frame.frame()));
        waiting.clear();
    }

    private void pass(int device, byte[] bytes) {
        if (device < plugs.size()) {
            plugs.get(device).received(bytes, FrameOffload.NONE);
        }
    }
}
