package dev.vls.trace;

import dev.vls.trace.TraceFormatException.Problem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import org.jspecify.annotations.Nullable;

/** Makes a sealed trace of an incomplete one. What is whole of it is kept. */
public final class TraceRepair {
    private TraceRepair() {}

    /**
     * What became of a trace.
     *
     * @param events how many it has now
     * @param lostBytes cut off from the end; 0 also if nothing was to be done
     * @param reason why it was not sealed, null if it was
     */
    public record Outcome(long events, long lostBytes, @Nullable TraceFormatException reason) {}

    /**
     * Seals a trace in its own file. Interrupted at any moment, it can be called again.
     *
     * @throws TraceFormatException if what is broken is no torn tail, because whole chunks follow
     *     it; or if not even the header can be used
     * @throws TraceIoException if the file cannot be written, or is still being written
     */
    public static Outcome inPlace(Path path) {
        try (TraceReader reader = TraceReader.openAndScan(path)) {
            if (reader.incomplete() == null) {
                return new Outcome(reader.eventCount(), 0, null);
            }
        }
        // Closing any descriptor of a file gives up the process's locks on it (fcntl(2)): no reader
        // is closed while the file is worked on.
        try (HostTraceFile file = HostTraceFile.open(path);
                TraceReader reader = TraceReader.openAndScan(path)) {
            TraceFormatException reason = reader.incomplete();
            if (reason == null) {
                return new Outcome(reader.eventCount(), 0, null);
            }
            long found = reader.findChunkBehind();
            if (found >= 0) {
                throw new TraceFormatException(
                        Problem.MALFORMED,
                        reader.wholeBytes(),
                        "the trace is damaged here, but goes on at offset " + found);
            }
            seal(file, reader);
            return outcome(reader, reason);
        } catch (IOException e) {
            throw new TraceIoException("the trace cannot be sealed", e);
        }
    }

    /**
     * Writes a sealed trace of what is whole, whatever follows it. The original is left alone.
     *
     * @param target replaced if it is there
     * @throws TraceFormatException if not even the header can be used
     * @throws TraceIoException if a file cannot be read or written
     */
    public static Outcome copy(Path path, Path target) {
        try {
            if (Files.exists(target) && Files.isSameFile(path, target)) {
                throw new TraceIoException("a copy of a trace cannot replace it", null);
            }
            try (TraceReader reader = TraceReader.openAndScan(path)) {
                Files.copy(path, target, StandardCopyOption.REPLACE_EXISTING);
                TraceFormatException reason = reader.incomplete();
                if (reason == null) {
                    return new Outcome(reader.eventCount(), 0, null);
                }
                try (HostTraceFile file = HostTraceFile.open(target)) {
                    seal(file, reader);
                }
                return outcome(reader, reason);
            }
        } catch (IOException e) {
            throw new TraceIoException("the copy cannot be written", e);
        }
    }

    private static Outcome outcome(TraceReader reader, TraceFormatException reason) {
        return new Outcome(reader.eventCount(), reader.size() - reader.wholeBytes(), reason);
    }

    private static void seal(HostTraceFile file, TraceReader reader) throws IOException {
        ChunkAppender chunks = new ChunkAppender(file, true);
        chunks.resume(reader.index());
        file.truncate(reader.wholeBytes());
        chunks.seal(TraceFormat.SEALED_BY_REPAIR);
    }
}
