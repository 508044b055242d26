package dev.vls.machine.xenstore;

import dev.vls.xen.abi.errno.XenErrno;

/** The store refused what the toolstack asked for. */
public final class XenstoreException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final String error;

    XenstoreException(String request, String path, String error) {
        super("xenstore %s %s: %s%s".formatted(request, printable(path), error, remedy(error)));
        this.error = error;
    }

    /** The wire's name of the error, such as {@code ENOENT}. */
    public String error() {
        return error;
    }

    /** Whether the error is a {@link XenErrno} value. */
    public boolean is(int errno) {
        return error.equals(XenErrno.name(errno));
    }

    private static String printable(String path) {
        return path.isEmpty() ? "(no path)" : path.replace('\0', ' ').strip();
    }

    private static String remedy(String error) {
        return switch (error) {
            case "ENOENT" -> ": check the path and that the domain still exists";
            case "EAGAIN" -> ": another change came between: repeat the transaction";
            case "EINVAL" -> ": check the path's characters and length";
            default -> "";
        };
    }
}
