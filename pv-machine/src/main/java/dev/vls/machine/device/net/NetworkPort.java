package dev.vls.machine.device.net;

/** What a network backend hands to the world outside. */
public interface NetworkPort {
    /**
     * A frame that the guest sent.
     *
     * @param device index of the interface
     * @param bytes only lent
     */
    void networkFrame(int device, byte[] bytes, int offset, int length, FrameOffload offload);

    /**
     * The interface is done with so many bytes of frames from outside: the guest has them, or they
     * are lost. Lets a live source give no more than the guest can take; nothing that could be told
     * apart on replay.
     */
    void networkTaken(int device, int bytes);
}
