package dev.vls.replay;

import dev.vls.trace.TraceException;
import dev.vls.trace.TraceFormatException;
import dev.vls.trace.TraceHeader;
import dev.vls.trace.TraceReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Where a replay of a trace can begin: where the trace begins, and at checkpoints, in it or in the
 * file beside it.
 */
public final class ReplayStarts implements AutoCloseable {
    private final TraceReader trace;
    private final @Nullable TraceReader beside;

    private ReplayStarts(TraceReader trace, @Nullable TraceReader beside) {
        this.trace = trace;
        this.beside = beside;
    }

    /**
     * Opens the file beside a trace, if there is one.
     *
     * @param path the trace's
     * @param remarks told in one line why the file is of no use, if it is not
     */
    public static ReplayStarts open(Path path, TraceReader trace, Consumer<String> remarks) {
        Path file = ReplayCheckpoints.fileOf(path);
        if (!Files.exists(file)) {
            return new ReplayStarts(trace, null);
        }
        String fingerprint = trace.fingerprint();
        try {
            TraceReader beside = TraceReader.open(file);
            String problem = problem(beside, fingerprint);
            if (problem == null) {
                return new ReplayStarts(trace, beside);
            }
            beside.close();
            remarks.accept("checkpoints %s: not used: %s".formatted(file, problem));
        } catch (TraceException e) {
            remarks.accept("checkpoints %s: not used: %s".formatted(file, e.getMessage()));
        }
        return new ReplayStarts(trace, null);
    }

    private static @Nullable String problem(TraceReader beside, String fingerprint) {
        TraceFormatException incomplete = beside.incomplete();
        if (incomplete != null) {
            return "incomplete: " + incomplete.getMessage();
        }
        return fingerprint.equals(beside.header().checkpointsOf()) ? null : "of another trace";
    }

    /** The trace itself. */
    public TraceReader trace() {
        return trace;
    }

    /** Whether a checkpoint is of use: what the disks held there is in the trace. */
    public static boolean canBeLater(TraceHeader header) {
        return header.disks().isEmpty() || GuestHeader.logsDiskData(header);
    }

    /** Where the trace begins; null for the guest's boot. */
    public @Nullable StoredCheckpoint first() {
        boolean booted = trace.header().start().equals(TraceHeader.BOOT);
        return booted ? null : StoredCheckpoint.first(trace);
    }

    /** Steps of all vCPUs that the run had taken where the trace begins. */
    public long firstSteps() {
        StoredCheckpoint first = first();
        return first == null ? 0 : first.steps();
    }

    /**
     * The last place at or before another one.
     *
     * @param steps of all vCPUs together
     * @return null for the guest's boot
     */
    public @Nullable StoredCheckpoint nearest(long steps) {
        StoredCheckpoint first = first();
        if (!canBeLater(trace.header())) {
            return first;
        }
        return later(
                first,
                later(
                        StoredCheckpoint.nearest(trace, steps),
                        beside == null ? null : StoredCheckpoint.nearest(beside, steps)));
    }

    private static @Nullable StoredCheckpoint later(
            @Nullable StoredCheckpoint one, @Nullable StoredCheckpoint other) {
        if (one == null || other == null) {
            return one == null ? other : one;
        }
        return other.steps() > one.steps() ? other : one;
    }

    @Override
    public void close() {
        if (beside != null) {
            beside.close();
        }
    }
}
