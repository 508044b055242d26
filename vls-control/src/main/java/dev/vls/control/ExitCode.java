package dev.vls.control;

/** What the process ends with; the contract of {@code docs/cli.md}. */
final class ExitCode {
    static final int DONE = 0;

    /** The guest or a check failed. */
    static final int FAILED = 1;

    /** Wrong usage: options that are unknown, malformed or impossible on this host. */
    static final int USAGE = 2;

    /** A kernel, image or trace that cannot be used. */
    static final int UNUSABLE_INPUT = 3;

    /** Ctrl-C, as shells count it: 128 and the signal's number. */
    static final int INTERRUPTED = 130;

    private ExitCode() {}
}
