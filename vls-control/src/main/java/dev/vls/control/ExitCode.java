package dev.vls.control;

/** What the process ends with; the contract of {@code docs/cli.md}. */
public final class ExitCode {
    public static final int DONE = 0;

    /** The guest or a check failed. */
    public static final int FAILED = 1;

    /** Wrong usage: options that are unknown, malformed or impossible on this host. */
    public static final int USAGE = 2;

    /** A kernel, image or trace that cannot be used. */
    public static final int UNUSABLE_INPUT = 3;

    /** A replay, or one of two traces, that differs from the other. */
    public static final int DIVERGENCE = 4;

    /** A running guest, peer or host that does not answer. */
    public static final int UNREACHABLE = 5;

    /** Ctrl-C, as shells count it: 128 and the signal's number. */
    public static final int INTERRUPTED = 130;

    private ExitCode() {}
}
