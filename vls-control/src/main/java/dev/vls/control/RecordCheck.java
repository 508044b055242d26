package dev.vls.control;

import dev.vls.control.RunEnd.StopReason;
import dev.vls.machine.cpu.translate.Engine;
import dev.vls.replay.GuestDescription;
import dev.vls.replay.GuestFiles;
import dev.vls.replay.LiveCheck;
import dev.vls.replay.Recording;
import dev.vls.trace.TraceHeader;
import java.util.List;
import java.util.function.Consumer;

/** The replay beside a recording that {@code --check} asks for. */
final class RecordCheck implements AutoCloseable {
    private final ReplayImages images;
    private final LiveCheck check;

    private RecordCheck(ReplayImages images, LiveCheck check) {
        this.images = images;
        this.check = check;
    }

    /**
     * Starts it; before the guest runs.
     *
     * @param stop ends the run when the replay is found to be another
     * @param report told in one line of a failed request to a disk
     */
    static RecordCheck start(
            Recording recording,
            TraceHeader header,
            GuestDescription guest,
            GuestFiles files,
            Engine engine,
            StopControl stop,
            Consumer<String> report) {
        ReplayImages images = ReplayImages.open(header, List.of(), report);
        return new RecordCheck(
                images,
                LiveCheck.start(
                        recording,
                        guest,
                        files,
                        images.disks(),
                        engine,
                        () -> stop.stop(StopReason.DIVERGED)));
    }

    /** It is waited for no more. From any thread. */
    void abandon() {
        check.abandon();
    }

    /**
     * Waits for its end; the recording has ended.
     *
     * @return digests that were compared
     * @throws dev.vls.replay.DivergenceException if they were not all equal
     */
    long finish() {
        return check.finish();
    }

    @Override
    public void close() {
        check.abandon();
        try {
            check.join();
        } finally {
            images.close();
        }
    }
}
