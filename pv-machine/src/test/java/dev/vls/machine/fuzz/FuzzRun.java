package dev.vls.machine.fuzz;

import dev.vls.machine.cpu.InstructionRow;
import dev.vls.machine.cpu.InstructionTable;
import dev.vls.machine.cpu.fp.HostVendor;
import dev.vls.machine.cpu.translate.Engine;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** Generates cases, runs them on both processors and collects what differs. */
final class FuzzRun {
    /**
     * What to run.
     *
     * @param seed of all choices
     * @param count cases, rounded up to whole batches
     * @param rowFilter substring of the table lines to use; empty for all
     * @param firstBatch number of the first batch, to run one again
     * @param kind only this kind of cases; null for a mixture
     * @param engine what executes the cases on the embedded processor
     */
    record Config(
            long seed,
            long count,
            String rowFilter,
            int threads,
            long firstBatch,
            CaseGenerator.@Nullable Kind kind,
            Engine engine) {}

    private static final int MAX_REPORTS_PER_GROUP = 2;
    private static final int MAX_REPORTS_WITHOUT_ROW = Integer.getInteger("fuzz.reports", 20);

    private final Config config;
    private final Path program;
    private final Path directory;
    private final List<InstructionRow> rows;
    private final AtomicLong nextBatch;
    private final FuzzReport report = new FuzzReport();
    private final HostVendor vendor = HostVendor.ofThisHost();

    FuzzRun(Config config, Path program, Path directory) {
        this.config = config;
        this.program = program;
        this.directory = directory;
        this.nextBatch = new AtomicLong(config.firstBatch());
        this.rows = new ArrayList<>();
        for (InstructionRow row : InstructionTable.INSTANCE.rows()) {
            if (row.line().contains(config.rowFilter())
                    && !ALWAYS_EXCLUDED.contains(row.kernel())) {
                rows.add(row);
            }
        }
        if (rows.isEmpty()) {
            throw new IllegalArgumentException("no row contains " + config.rowFilter());
        }
    }

    /** Kernels whose results are the host's own, or that leave the process. */
    private static final List<String> ALWAYS_EXCLUDED =
            List.of(
                    "SystemOps.syscall",
                    "SystemOps.cpuid",
                    "SystemOps.rdtsc",
                    "SystemOps.rdtscp",
                    "Segments.lar",
                    "Segments.lsl",
                    "Segments.verr",
                    "Segments.verw");

    /** Runs everything; returns when all threads are done. */
    FuzzReport run() throws InterruptedException {
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < config.threads(); i++) {
            int number = i;
            Thread thread = new Thread(() -> work(number), "fuzz-" + i);
            threads.add(thread);
            thread.start();
        }
        for (Thread thread : threads) {
            thread.join();
        }
        return report;
    }

    FuzzReport report() {
        return report;
    }

    private void work(int number) {
        Path file =
                directory.resolve("cases-%d-%d".formatted(ProcessHandle.current().pid(), number));
        try (CaseFile cases = new CaseFile(file);
                EmbeddedRunner runner = new EmbeddedRunner(config.engine())) {
            VendorTolerance tolerance = new VendorTolerance(vendor);
            CaseGenerator generator = new CaseGenerator(rows, vendor, tolerance);
            OracleProcess oracle = OracleProcess.start(program, cases);
            try {
                long lastBatch = config.firstBatch() + (config.count() - 1) / CaseFile.SLOTS;
                for (long batch = nextBatch.getAndIncrement();
                        batch <= lastBatch;
                        batch = nextBatch.getAndIncrement()) {
                    CaseGenerator.Kind kind = kind(batch);
                    generator.fill(cases, config.seed(), batch, CaseFile.SLOTS, kind);
                    int done = CaseFile.SLOTS;
                    if (!oracle.run(CaseFile.SLOTS)) {
                        done = (int) cases.running();
                        oracle.close();
                        report.lost(batch, done, CaseFile.SLOTS - done, cases.slot(done));
                        oracle = OracleProcess.start(program, cases);
                    }
                    runner.load(cases);
                    for (int i = 0; i < done; i++) {
                        compare(generator, tolerance, cases.slot(i), runner, batch, i, kind);
                    }
                    report.executed(kind, done);
                }
            } finally {
                oracle.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (RuntimeException e) {
            report.failed(e);
        }
    }

    private CaseGenerator.Kind kind(long batch) {
        CaseGenerator.Kind only = config.kind();
        if (only != null) {
            return only;
        }
        int turn = (int) (batch % 8);
        return turn == 3
                ? CaseGenerator.Kind.RANDOM_BYTES
                : turn == 6 ? CaseGenerator.Kind.SEQUENCE : CaseGenerator.Kind.ROW;
    }

    private void compare(
            CaseGenerator generator,
            VendorTolerance tolerance,
            CaseSlot slot,
            EmbeddedRunner runner,
            long batch,
            int index,
            CaseGenerator.Kind kind) {
        InstructionRow row = generator.rowOf(index);
        try {
            runner.run(slot);
        } catch (RuntimeException | LinkageError e) {
            throw new IllegalStateException(
                    "batch %d case %d: %s"
                            .formatted(
                                    batch,
                                    index,
                                    HexFormat.ofDelimiter(" ").formatHex(slot.code())),
                    e);
        }
        Leeway leeway = tolerance.leeway(row, slot, kind);
        if (Comparison.equal(slot, runner, leeway) || Tolerance.incomparable(row, slot, runner)) {
            return;
        }
        VendorDifference expected = tolerance.expected(kind, slot, runner);
        if (expected != null) {
            report.tolerated(expected);
            return;
        }
        String group = row == null ? kind.toString() : row.line();
        int limit = row == null ? MAX_REPORTS_WITHOUT_ROW : MAX_REPORTS_PER_GROUP;
        if (report.wanted(group, limit)) {
            report.difference(
                    batch, index, group, slot, Comparison.differences(slot, runner, leeway));
        }
    }
}
