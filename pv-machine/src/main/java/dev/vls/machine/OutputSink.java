package dev.vls.machine;

/**
 * Where outputs go. Called on the machine's thread at the instruction that causes the output;
 * arrays are only lent.
 */
public interface OutputSink {
    /** Bytes that the guest wrote to its console. */
    void console(byte[] bytes, int offset, int length);
}
