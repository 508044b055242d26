package dev.vls.machine.fuzz;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.vls.machine.cpu.translate.Engine;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A short differential run against the processor underneath; fuzz.sh does the long ones. Needs
 * x86-64 Linux and gcc, and is skipped elsewhere. The property {@code fuzz.seed} chooses other
 * cases.
 */
class InstructionFuzzTest {
    private static final long SEED = Long.getLong("fuzz.seed", 20_260_101L);

    /** Of cases that the host's vendor may decide otherwise; none on Intel's. */
    private static final double MAX_TOLERATED_SHARE = 0.02;

    @TempDir private Path directory;

    @Test
    void everyRowDoesWhatTheHostDoes() throws IOException, InterruptedException {
        run(200_000, CaseGenerator.Kind.ROW);
    }

    @Test
    void anyBytesDoWhatTheyDoOnTheHost() throws IOException, InterruptedException {
        run(30_000, CaseGenerator.Kind.RANDOM_BYTES);
    }

    @Test
    void sequencesDoWhatTheHostDoes() throws IOException, InterruptedException {
        run(30_000, CaseGenerator.Kind.SEQUENCE);
    }

    private void run(long count, CaseGenerator.Kind kind) throws IOException, InterruptedException {
        assumeTrue(OracleProcess.supported(), "needs x86-64 Linux with FSGSBASE, and gcc");
        Path program = OracleProcess.build(Path.of("src/test/c/instruction_oracle.c"), directory);
        int threads = Math.min(2, Runtime.getRuntime().availableProcessors());
        FuzzRun.Config config =
                new FuzzRun.Config(SEED, count, "", threads, 0, kind, Engine.INTERPRETER);
        System.out.println(config);
        FuzzReport report = new FuzzRun(config, program, directory).run();
        System.out.println(report.summary());
        assertEquals(0, report.differenceCount(), report::text);
        assertTrue(report.executedCases() >= count, report::text);
        assertTrue(report.toleratedCases() <= MAX_TOLERATED_SHARE * count, report::summary);
    }
}
