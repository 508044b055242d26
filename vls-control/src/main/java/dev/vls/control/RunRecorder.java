package dev.vls.control;

import dev.vls.control.RunEnd.StopReason;
import dev.vls.machine.DomainLife;
import dev.vls.machine.Machine;
import dev.vls.machine.MachineExit;
import dev.vls.machine.cpu.translate.Engine;
import dev.vls.replay.CheckpointTotals;
import dev.vls.replay.GuestDescription;
import dev.vls.replay.GuestFiles;
import dev.vls.replay.GuestHeader;
import dev.vls.replay.HashedFiles;
import dev.vls.replay.PackedGuest;
import dev.vls.replay.Recording;
import dev.vls.trace.TraceException;
import dev.vls.trace.TraceHeader;
import dev.vls.trace.TraceHeader.GuestFile;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Records a run, if the user wants it recorded. */
final class RunRecorder implements AutoCloseable {
    private final GuestFiles files;
    private final @Nullable TraceTarget target;
    private final @Nullable Recording recording;
    private volatile @Nullable RecordCheck check;

    private RunRecorder(
            GuestFiles files, @Nullable TraceTarget target, @Nullable Recording recording) {
        this.files = files;
        this.target = target;
        this.recording = recording;
    }

    /** For a run that is not recorded. */
    static RunRecorder none(GuestFiles files) {
        return new RunRecorder(files, null, null);
    }

    /**
     * Begins a trace.
     *
     * @param disks the images as they are now
     * @param engine of a replay beside the recording
     * @param stop ends the run if that is another one
     * @param report told in one line what an operator should know; by any thread
     * @throws CommandException if it cannot be written
     */
    static RunRecorder begin(
            TraceTarget target,
            GuestDescription guest,
            HashedFiles files,
            List<GuestFile> disks,
            Engine engine,
            StopControl stop,
            Consumer<String> report) {
        TraceHeader plain =
                GuestHeader.of(
                        VersionProvider.tool(),
                        guest,
                        files,
                        disks,
                        target.options().logDiskData());
        TraceHeader header = target.pack() ? PackedGuest.header(plain) : plain;
        try {
            Path path = Path.of(target.path());
            Recording recording =
                    target.pack()
                            ? Recording.begin(path, header, files, target.options(), report)
                            : Recording.begin(path, header, target.options(), report);
            RunRecorder recorder = new RunRecorder(files, target, recording);
            if (target.check()) {
                recorder.check =
                        RecordCheck.start(
                                recording, header, guest, recorder.files, engine, stop, report);
            }
            return recorder;
        } catch (TraceException | InvalidPathException e) {
            throw unwritable(target, e, "choose another file");
        }
    }

    private static CommandException unwritable(TraceTarget target, Exception e, String remedy) {
        return new CommandException(
                ExitCode.UNUSABLE_INPUT,
                "trace %s: %s: %s".formatted(target.path(), e.getMessage(), remedy),
                e);
    }

    /** The guest's files; those of a recorded one stay what they are. */
    GuestFiles files() {
        return files;
    }

    /** Puts the recorder between the machine and its ports. */
    Recording.Ports between(Recording.Ports live) {
        return recording == null ? live : recording.between(live);
    }

    void attach(Machine machine) {
        if (recording != null && target != null) {
            recording.attach(machine);
            if (target.checkpointSteps() > 0) {
                recording.checkpointEvery(target.checkpointSteps());
            }
        }
    }

    /** Runs the machine to its end, or until somebody stops it. */
    MachineExit run(DomainLife life, long stepLimit, StopControl stop) {
        return recording == null
                ? life.run(stepLimit)
                : recording.run(life, stepLimit, () -> stop.reason() != StopReason.NONE);
    }

    /** The run is to end; from any thread. */
    void release() {
        if (recording != null) {
            recording.release();
        }
    }

    /** The run is to end at once: a replay beside it is waited for no more. From any thread. */
    void abandonCheck() {
        RecordCheck running = check;
        if (running != null) {
            running.abandon();
        }
    }

    /**
     * Waits for the replay beside the recording, if there is one.
     *
     * @param report told what it found
     * @throws dev.vls.replay.DivergenceException if it was another run
     */
    void finishCheck(Consumer<String> report) {
        if (check != null) {
            report.accept("checked: %d digests compared, all equal".formatted(check.finish()));
        }
    }

    boolean isRecording() {
        return recording != null;
    }

    /** What checkpoints have cost. */
    CheckpointTotals checkpointTotals() {
        return recording == null ? CheckpointTotals.NONE : recording.checkpointTotals();
    }

    /** Bytes of the trace so far. */
    long logBytes() {
        return recording == null ? 0 : recording.bytesWritten();
    }

    /**
     * Seals the trace.
     *
     * @param digest of the final state
     * @throws CommandException if it cannot be written
     */
    void end(Machine machine, RunEnd end, byte[] digest) {
        if (recording != null && target != null) {
            try {
                recording.end(machine, end.name(), digest);
            } catch (TraceException e) {
                throw unwritable(
                        target,
                        e,
                        "it has no end, make room and use vls trace repair on what is there");
            }
        }
    }

    @Override
    public void close() {
        if (check != null) {
            check.close();
        }
        if (recording != null) {
            try {
                recording.close();
            } catch (TraceException e) {
                // That the trace is incomplete was said when it could not be ended.
                return;
            }
        }
    }
}
