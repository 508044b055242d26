package dev.vls.machine.device.net;

/** Takes frames; the array is only lent. */
@FunctionalInterface
public interface FrameOutput {
    void frame(byte[] bytes, int offset, int length, FrameOffload offload);
}
