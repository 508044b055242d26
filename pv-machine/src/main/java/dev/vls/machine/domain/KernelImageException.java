package dev.vls.machine.domain;

/**
 * A kernel or ramdisk that no domain can be built from. The message is one line: the file, what is
 * wrong with it, what to do.
 */
public final class KernelImageException extends RuntimeException {
    private static final long serialVersionUID = 1;

    public KernelImageException(String message) {
        super(message);
    }

    public KernelImageException(String message, Throwable cause) {
        super(message, cause);
    }
}
