package dev.vls.xen.abi.io;

import dev.vls.xen.abi.XenNumbers;

/**
 * Limits of the xenstore protocol and values of its page's status fields.
 *
 * <p>Source: {@code public/io/xs_wire.h}, {@code XENSTORE_*}.
 */
@XenNumbers(header = "io/xs_wire.h", prefix = "XENSTORE_", lowerCase = false)
public final class XenstoreLimits {
    private XenstoreLimits() {}

    public static final int RING_SIZE = 1024;

    /** Most bytes of payload, headers apart. */
    public static final int PAYLOAD_MAX = 4096;

    /** Most bytes of an absolute path. */
    public static final int ABS_PATH_MAX = 3072;

    /** Most bytes of a relative path. */
    public static final int REL_PATH_MAX = 2048;

    public static final int SERVER_FEATURE_RECONNECTION = 1;
    public static final int SERVER_FEATURE_ERROR = 2;
    public static final int CONNECTED = 0;
    public static final int RECONNECT = 1;
    public static final int ERROR_NONE = 0;
    public static final int ERROR_COMM = 1;
    public static final int ERROR_RINGIDX = 2;
    public static final int ERROR_PROTO = 3;
}
