package dev.vls.trace;

import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import dev.vls.trace.verify.TraceVerifier;
import java.io.IOException;
import java.io.Writer;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Does with a file everything that is done with traces, and finds out whether that is safe. */
final class HostileTrace {
    /** Twice the largest chunk that the format allows, for reader and verifier, and some more. */
    private static final long ALLOCATION_MAX = (4 * 64 + 32) << 20;

    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private HostileTrace() {}

    /**
     * Reads, verifies and exports; reader and verifier must agree.
     *
     * @return whether it is a sealed trace without fault
     */
    static boolean isAccepted(Path path) throws IOException {
        long before = THREADS.getCurrentThreadAllocatedBytes();
        String refusal = "";
        try (TraceReader reader = TraceReader.open(path)) {
            if (reader.incomplete() != null) {
                refusal = String.valueOf(reader.incomplete().getMessage());
                assertMessage(refusal);
            }
            SampleTrace.readAll(reader);
            try (TraceJson json = new TraceJson(Writer.nullWriter())) {
                json.export(reader);
            }
        } catch (TraceFormatException e) {
            refusal = String.valueOf(e.getMessage());
            assertMessage(refusal);
        }
        TraceVerifier.Report report = TraceVerifier.verify(path);
        assertTrue(
                refusal.isEmpty() == (report.fault() == null),
                "reader: " + refusal + "; verifier: " + report.fault() + " at " + report.offset());
        long allocated = THREADS.getCurrentThreadAllocatedBytes() - before;
        assertTrue(allocated < ALLOCATION_MAX, allocated + " bytes allocated");
        return refusal.isEmpty();
    }

    private static void assertMessage(String message) {
        assertTrue(message.matches("offset \\d+: .+"), message);
    }

    /** Repairs a copy, and says what the result holds; nothing if not even the header is there. */
    static List<TraceEvent> repair(Path path, Path target) throws IOException {
        try {
            TraceRepair.copy(path, target);
        } catch (TraceFormatException e) {
            assertMessage(String.valueOf(e.getMessage()));
            return List.of();
        }
        assertTrue(isAccepted(target));
        try (TraceReader reader = TraceReader.open(target)) {
            return SampleTrace.readAll(reader);
        } finally {
            Files.delete(target);
        }
    }
}
