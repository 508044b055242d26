package dev.vls.trace;

import org.jspecify.annotations.Nullable;

/** A trace's bytes break a rule of docs/spec/trace-format.md. */
public final class TraceFormatException extends TraceException {
    private static final long serialVersionUID = 1;

    /** Which sort of rule. */
    public enum Problem {
        /** The file does not begin as a trace does. */
        NOT_A_TRACE,
        /** The file's version is newer than this program. */
        NEWER_VERSION,
        /** The file ends within something. */
        TRUNCATED,
        /** A checksum is wrong: bytes have changed. */
        CHECKSUM,
        /** A length or number is beyond what the format allows. */
        LIMIT,
        /** A type, kind, codec or member that version 1 does not have. */
        UNKNOWN,
        /** Anything else. */
        MALFORMED
    }

    /** Which sort of rule was broken. */
    public final Problem problem;

    /**
     * Where in the file, in bytes; for what is inside a chunk, where that chunk begins, and the
     * message says where in its content.
     */
    public final long offset;

    TraceFormatException(Problem problem, long offset, String what) {
        this(problem, offset, what, null);
    }

    TraceFormatException(Problem problem, long offset, String what, @Nullable Throwable cause) {
        // Names in a trace are not to be trusted on a terminal.
        super("offset " + offset + ": " + what.replaceAll("\\p{Cntrl}", "?"), cause);
        this.problem = problem;
        this.offset = offset;
    }
}
