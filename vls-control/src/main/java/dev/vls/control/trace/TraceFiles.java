package dev.vls.control.trace;

import dev.vls.control.CommandException;
import dev.vls.control.ExitCode;
import dev.vls.trace.TraceException;
import dev.vls.trace.TraceFormatException;
import dev.vls.trace.TraceReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Traces that the user named; what is wrong with them becomes one line. */
public final class TraceFiles {
    private TraceFiles() {}

    /** What a command does with a trace. */
    @FunctionalInterface
    interface Work {
        void on(TraceReader trace) throws IOException;
    }

    /** What a command does with a trace's file. */
    @FunctionalInterface
    public interface FileWork<T> {
        T on(Path path) throws IOException;
    }

    /**
     * Opens a trace, incomplete or not, and works on it.
     *
     * @throws CommandException if it cannot be read
     */
    static void read(String name, Work work) {
        withFile(
                name,
                path -> {
                    try (TraceReader reader = TraceReader.open(path)) {
                        work.on(reader);
                    }
                    return true;
                });
    }

    /**
     * Works on a trace's file.
     *
     * @throws CommandException if the trace cannot be used
     */
    public static <T> T withFile(String name, FileWork<T> work) {
        try {
            Path path = Path.of(name);
            if (!Files.exists(path)) {
                throw unusable(name, "no such file: check the path", null);
            }
            if (!Files.isRegularFile(path)) {
                throw unusable(name, "is no file: check the path", null);
            }
            return work.on(path);
        } catch (InvalidPathException e) {
            throw unusable(name, "no such file: check the path", e);
        } catch (TraceException e) {
            throw unusable(name, e.getMessage() + ": " + remedy(e), e);
        } catch (IOException e) {
            // What is read is wrapped; this is standard output.
            throw new UncheckedIOException(e);
        }
    }

    /** Refuses a trace of which a part may be missing, after that was said by other means. */
    public static void checkComplete(String name, TraceReader trace) {
        TraceFormatException incomplete = trace.incomplete();
        if (incomplete != null) {
            throw unusable(
                    name,
                    "incomplete: " + incomplete.getMessage() + ": " + remedy(incomplete),
                    incomplete);
        }
    }

    private static CommandException unusable(String name, String problem, @Nullable Exception e) {
        String message = "trace " + Printable.of(name) + ": " + problem;
        return e == null
                ? new CommandException(ExitCode.UNUSABLE_INPUT, message)
                : new CommandException(ExitCode.UNUSABLE_INPUT, message, e);
    }

    private static String remedy(TraceException e) {
        if (e instanceof TraceFormatException format) {
            return switch (format.problem) {
                case NOT_A_TRACE -> "check the path";
                case NEWER_VERSION, UNKNOWN -> "use the vls that recorded it";
                case TRUNCATED, CHECKSUM, LIMIT, MALFORMED ->
                        "vls trace repair keeps what is whole";
            };
        }
        return "check the file and its disk";
    }
}
