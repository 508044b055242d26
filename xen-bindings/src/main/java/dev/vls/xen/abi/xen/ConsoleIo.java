package dev.vls.xen.abi.xen;

import dev.vls.xen.abi.XenNumbers;

/**
 * Commands of the {@code console_io} hypercall.
 *
 * <p>Source: {@code public/xen.h}, {@code CONSOLEIO_*}.
 */
@XenNumbers(header = "xen.h", prefix = "CONSOLEIO_")
public final class ConsoleIo {
    private ConsoleIo() {}

    public static final int WRITE = 0;
    public static final int READ = 1;
}
