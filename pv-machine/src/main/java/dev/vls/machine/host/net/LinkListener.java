package dev.vls.machine.host.net;

import dev.vls.machine.device.net.FrameOffload;

/** What comes from outside through a {@link NetworkLink}. Called by the link's threads. */
public interface LinkListener {
    /**
     * A frame arrived. May take its time while the guest is slow, so that the other side notices.
     *
     * @param frame the listener's from now on
     */
    void received(byte[] frame, FrameOffload offload);

    /** There is somebody at the other end now, or nobody any more. */
    void carrier(boolean up);

    /** Something that an operator should know, in one line. */
    void remark(String line);
}
