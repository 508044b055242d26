package dev.vls.machine.image;

import java.util.Objects;

/**
 * An image that cannot be used or a transfer that failed. The message is one line: the file, what
 * is wrong and where, what to do.
 */
public final class ImageException extends RuntimeException {
    private static final long serialVersionUID = 1;

    public ImageException(String file, String problem, String remedy) {
        super(line(file, problem, remedy));
    }

    public ImageException(String file, String problem, String remedy, Throwable cause) {
        super(line(file, problem, remedy), cause);
    }

    /** Never null. */
    @Override
    public String getMessage() {
        return Objects.requireNonNull(super.getMessage());
    }

    private static String line(String file, String problem, String remedy) {
        return "disk %s: %s: %s".formatted(file, problem, remedy);
    }
}
