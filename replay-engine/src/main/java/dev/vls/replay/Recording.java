package dev.vls.replay;

import dev.vls.machine.DomainLife;
import dev.vls.machine.InputSource;
import dev.vls.machine.Machine;
import dev.vls.machine.MachineExit;
import dev.vls.machine.OutputSink;
import dev.vls.trace.TraceException;
import dev.vls.trace.TraceHeader;
import dev.vls.trace.TraceWriter;
import java.nio.file.Path;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A recording under way: the recorder in front of the machine, the ring, and those who consume it.
 * Used by the machine's thread, but for {@link #release}.
 */
public final class Recording implements AutoCloseable {
    private static final long STALL_NANOSECONDS = 1_000_000;

    /**
     * What is recorded besides inputs.
     *
     * @param digestSteps most steps from one digest of outputs and vCPUs to the next
     * @param memoryDigestSteps fewest steps from one digest of memory to the next, 0 for none
     * @param memoryDigestNanos least of the guest's time from one to the next
     * @param logDiskData whether the trace holds what the guest reads from its disks
     */
    public record Options(
            long digestSteps, long memoryDigestSteps, long memoryDigestNanos, boolean logDiskData) {
        /** Steps between digests of outputs and vCPUs: a fraction of a second. */
        private static final long DIGEST_STEPS = 20_000_000;

        private static final long MEMORY_DIGEST_STEPS = 1_000_000_000;
        private static final int STEPS_PER_BYTE = 8;

        /** A digest takes some 80 ps a byte, three times that at first. */
        private static final int NANOS_PER_BYTE = 20;

        /** Digests where a user chooses, in steps, and none by time. */
        public static Options every(long digestSteps, long memoryDigestSteps, boolean logDiskData) {
            return new Options(digestSteps, memoryDigestSteps, 0, logDiskData);
        }

        /** Digests of memory every so many steps, 0 for none. */
        public static Options memoryEvery(long memoryDigestSteps, boolean logDiskData) {
            return every(DIGEST_STEPS, memoryDigestSteps, logDiskData);
        }

        /**
         * What a user gets who chooses nothing: digests of memory some seconds of a busy guest
         * apart, and more with more memory, so that they take the same small part of its time.
         */
        public static Options usual(long memoryBytes, boolean logDiskData) {
            return new Options(
                    DIGEST_STEPS,
                    Math.max(MEMORY_DIGEST_STEPS, memoryBytes * STEPS_PER_BYTE),
                    memoryBytes * NANOS_PER_BYTE,
                    logDiskData);
        }
    }

    private final Path path;
    private final TraceWriter writer;
    private final TraceLog log;
    private final RecordingStatistics statistics = new RecordingStatistics();
    private final ConsumerThread logThread;
    private final ConsumerThread statisticsThread;
    private final CheckpointWriter checkpoints;
    private final EventRing ring = new EventRing();
    private final Options options;
    private @Nullable Recorder recorder;
    private @Nullable DueCheckpoints due;
    private volatile boolean released;
    private boolean finished;
    private long sealedBytes;

    private Recording(Path path, TraceWriter writer, Options options, Consumer<String> report) {
        this.path = path;
        this.writer = writer;
        this.options = options;
        log = new TraceLog(path.toString(), writer, report);
        checkpoints = new CheckpointWriter(log);
        logThread = ConsumerThread.start(ring, log, "vls-trace");
        statisticsThread = ConsumerThread.start(ring, statistics, "vls-statistics");
    }

    /**
     * Begins a trace. A file of that name is replaced.
     *
     * @param report told in one line what an operator should know; by any thread
     * @throws dev.vls.trace.TraceIoException if it cannot be written, or somebody writes it
     */
    public static Recording begin(
            Path path, TraceHeader header, Options options, Consumer<String> report) {
        return new Recording(path, TraceWriter.create(path, header), options, report);
    }

    /**
     * Begins a trace that holds the guest's files.
     *
     * @param header of {@link PackedGuest#header}
     */
    public static Recording begin(
            Path path,
            TraceHeader header,
            GuestFiles packed,
            Options options,
            Consumer<String> report) {
        TraceWriter writer = TraceWriter.create(path, header);
        boolean done = false;
        try {
            PackedGuest.write(writer, header, packed);
            done = true;
        } finally {
            if (!done) {
                writer.close();
            }
        }
        return new Recording(path, writer, options, report);
    }

    /** What stands between a machine and the world: its inputs and its outputs. */
    public record Ports(InputSource inputs, OutputSink outputs) {}

    /** Puts the recorder between a machine and its ports. To be called once. */
    public Ports between(Ports live) {
        Recorder made =
                new Recorder(
                        ring,
                        live.inputs(),
                        live.outputs(),
                        options,
                        checkpoints,
                        OutputMarks.NONE,
                        this::checkConsumers);
        DueCheckpoints inputs =
                new DueCheckpoints(made, () -> !checkpoints.isBusy(), made::takeCheckpoint);
        recorder = made;
        due = inputs;
        return new Ports(inputs, made);
    }

    /** The machine that has the ports, before it runs. */
    public void attach(Machine machine) {
        recorder().attach(machine);
        due().attach(machine);
    }

    /**
     * Takes a checkpoint about every so many steps of all vCPUs together; the machine is to be run
     * by {@link #run}. One that would come while the last is still being written comes after it.
     */
    public void checkpointEvery(long steps) {
        due().every(steps, 0);
    }

    /**
     * Takes a checkpoint of a machine where it has stopped. It is written while the machine goes
     * on, and is of use once it is written. As the first thing in a trace it makes one that starts
     * with a machine which has a past: one that was restored, or that runs already.
     *
     * @throws IllegalStateException if another one is still being written
     */
    public void checkpoint(Machine stopped) {
        if (checkpoints.isBusy()) {
            throw new IllegalStateException("a checkpoint is being written");
        }
        due().takeNow(stopped);
    }

    /**
     * Runs the machine, as {@link DomainLife#run}, and takes the checkpoints that are due.
     *
     * @param stopping whether somebody wants the run to end
     */
    public MachineExit run(DomainLife life, long stepLimit, BooleanSupplier stopping) {
        MachineExit exit = life.run(stepLimit);
        while (exit == MachineExit.STOPPED && due().takeDue() && !stopping.getAsBoolean()) {
            exit = life.run(stepLimit);
        }
        return exit;
    }

    /** What checkpoints have cost so far. */
    public CheckpointTotals checkpointTotals() {
        return checkpoints.totals();
    }

    private Recorder recorder() {
        if (recorder == null) {
            throw new IllegalStateException("nothing is recorded yet");
        }
        return recorder;
    }

    private DueCheckpoints due() {
        if (due == null) {
            throw new IllegalStateException("nothing is recorded yet");
        }
        return due;
    }

    /** Where the inputs go that are recorded. */
    EventRing ring() {
        return ring;
    }

    /** The machine waits while the trace cannot be written. */
    private void checkConsumers() {
        while (log.isStalled() && !released) {
            LockSupport.parkNanos(this, STALL_NANOSECONDS);
        }
        checkThread(logThread);
        checkThread(statisticsThread);
    }

    private static void checkThread(ConsumerThread thread) {
        RuntimeException failure = thread.failure();
        if (failure != null && !(failure instanceof TraceException)) {
            throw new IllegalStateException("a consumer of the recording failed", failure);
        }
    }

    /** The run is to end: a file that cannot be written is waited for no more. From any thread. */
    public void release() {
        released = true;
        log.abandon();
    }

    /**
     * Writes the end and seals the trace.
     *
     * @param machine which has stopped
     * @param reason how the run ended, in a word
     * @param digest of the final state
     * @throws TraceException if the file cannot be written: the trace is incomplete, and has what
     *     could be written before
     */
    public void end(Machine machine, String reason, byte[] digest) {
        finished = true;
        awaitCheckpoint();
        recorder().end(machine, new RecordingEnd(reason, digest));
        logThread.finish();
        statisticsThread.finish();
        RuntimeException failure = logThread.failure();
        if (failure != null) {
            throw failure;
        }
        log.seal();
        sealedBytes = path.toFile().length();
    }

    /** Waits until the last checkpoint is written, or cannot be. */
    public void awaitCheckpoint() {
        while ((checkpoints.isBusy() || !log.hasWrittenPieces()) && logThread.failure() == null) {
            LockSupport.parkNanos(this, STALL_NANOSECONDS);
        }
    }

    /** Bytes of the trace so far. */
    public long bytesWritten() {
        return sealedBytes == 0 ? log.bytesWritten() : sealedBytes;
    }

    /** Complete once the recording has {@linkplain #end ended}. */
    public RecordingStatistics statistics() {
        return statistics;
    }

    /** Lets go of the file; one that has no end yet stays incomplete. */
    @Override
    public void close() {
        if (!finished) {
            checkpoints.abandon();
            log.abandon();
            logThread.finish();
            statisticsThread.finish();
        }
        checkpoints.close();
        writer.close();
    }
}
