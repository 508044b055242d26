package dev.vls.machine.host.net;

import dev.vls.machine.device.net.FrameOffload;

/** A cable from a guest's network interface to something on the host. */
public interface NetworkLink extends AutoCloseable {
    /**
     * Starts to carry frames. What arrives before that waits at the other side.
     *
     * @param listener told of everything from outside, by threads of the link
     */
    void start(LinkListener listener);

    /** Whether frames may be handed over with blank checksums and unsegmented. */
    boolean takesOffloads();

    /**
     * Sends a frame, or drops it if the other side is gone or slow; never blocks. Called by one
     * thread only.
     *
     * @param bytes only lent
     */
    void send(byte[] bytes, int offset, int length, FrameOffload offload);

    /** Pulls the cable; frames not sent yet may be lost. */
    @Override
    void close();
}
