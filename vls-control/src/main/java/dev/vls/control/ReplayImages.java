package dev.vls.control;

import dev.vls.machine.host.disk.HostDisks;
import dev.vls.machine.image.DiskImage;
import dev.vls.replay.GuestHeader;
import dev.vls.replay.ReplayDisks;
import dev.vls.replay.ReplayException;
import dev.vls.replay.locate.ReplayedRun;
import dev.vls.trace.TraceHeader;
import dev.vls.trace.TraceHeader.GuestFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The images of a replay: those of the recording's start, and a directory for what is written. */
final class ReplayImages implements ReplayedRun.Disks {
    private final ReplayDisks disks;
    private final @Nullable Path scratch;

    private ReplayImages(ReplayDisks disks, @Nullable Path scratch) {
        this.disks = disks;
        this.scratch = scratch;
    }

    /**
     * Opens the images, if the trace needs any or the user names some.
     *
     * @param moved where they are now, in their order; those behind are where they were
     * @param report told of each failed request, in one line
     * @throws dev.vls.machine.image.ImageException if one cannot be used
     * @throws ReplayException if one is not as it was
     */
    static ReplayImages open(TraceHeader header, List<String> moved, Consumer<String> report) {
        if (moved.size() > header.disks().size()) {
            throw new ReplayException(
                    "the guest has %d disks, not %d"
                            .formatted(header.disks().size(), moved.size()));
        }
        if (moved.isEmpty() && GuestHeader.logsDiskData(header)) {
            return new ReplayImages(ReplayDisks.withoutImages(), null);
        }
        List<String> paths = new ArrayList<>();
        for (GuestFile disk : header.disks()) {
            int index = paths.size();
            paths.add(index < moved.size() ? moved.get(index) : disk.name());
        }
        Path scratch = makeScratch();
        boolean done = false;
        try {
            HostDisks images = HostDisks.openPrivately(paths, scratch, report);
            ReplayImages opened = new ReplayImages(ReplayDisks.on(images), scratch);
            opened.check(images, header, paths);
            done = true;
            return opened;
        } finally {
            if (!done) {
                delete(scratch);
            }
        }
    }

    private void check(HostDisks images, TraceHeader header, List<String> paths) {
        for (int i = 0; i < paths.size(); i++) {
            GuestFile recorded = header.disks().get(i);
            long bytes = images.disks().get(i).sectors() * DiskImage.SECTOR_SIZE;
            if (bytes != recorded.size() || !images.sha256(i).equals(recorded.sha256())) {
                disks.close();
                throw new ReplayException(
                        "disk %s: is not as it was when the recording began (SHA-256 %s): name an image that is"
                                .formatted(paths.get(i), recorded.sha256()));
            }
        }
    }

    @Override
    public ReplayDisks disks() {
        return disks;
    }

    private static Path makeScratch() {
        try {
            return Files.createTempDirectory("vls-replay");
        } catch (IOException e) {
            throw new ReplayException(
                    "no directory can be made for what the guest writes (%s): set java.io.tmpdir to one"
                            .formatted(e.getMessage()),
                    e);
        }
    }

    private static void delete(Path directory) {
        try (Stream<Path> files = Files.list(directory)) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
            Files.delete(directory);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        try {
            disks.close();
        } finally {
            if (scratch != null) {
                delete(scratch);
            }
        }
    }
}
