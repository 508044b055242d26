package dev.vls.control;

import dev.vls.machine.host.disk.HostDisks;
import dev.vls.machine.image.DiskImage;
import dev.vls.machine.image.ImageException;
import dev.vls.trace.TraceHeader.GuestFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The disks of a run that is recorded. A replay needs the images as they were at its start: so
 * those stay as they are, and what the guest writes goes into differencing images beside the trace.
 */
final class RecordedDisks implements AutoCloseable {
    private static final String TRACE_SUFFIX = ".vls";

    private final List<HostDisks.Choice> originals;
    private final List<HostDisks.Choice> used = new ArrayList<>();
    private final List<Path> children = new ArrayList<>();
    private boolean kept;

    private RecordedDisks(List<HostDisks.Choice> originals) {
        this.originals = originals;
    }

    /**
     * Makes the images that the guest will write.
     *
     * @param trace the trace's path
     * @throws ImageException if one is there already, or cannot be made
     */
    static RecordedDisks create(List<HostDisks.Choice> originals, String trace) {
        RecordedDisks disks = new RecordedDisks(originals);
        boolean done = false;
        try {
            for (HostDisks.Choice original : originals) {
                disks.add(original, trace);
            }
            done = true;
            return disks;
        } finally {
            if (!done) {
                disks.close();
            }
        }
    }

    private void add(HostDisks.Choice original, String trace) {
        if (!original.writable()) {
            used.add(original);
            return;
        }
        String stem =
                trace.endsWith(TRACE_SUFFIX)
                        ? trace.substring(0, trace.length() - TRACE_SUFFIX.length())
                        : trace;
        String child = "%s.xvd%c.avhd".formatted(stem, (char) ('a' + used.size()));
        NewDisk.images().createDifferencing(child, original.path(), NewDisk.origin());
        children.add(Path.of(child));
        used.add(new HostDisks.Choice(child, true));
    }

    /** What the guest is to be given. */
    List<HostDisks.Choice> used() {
        return List.copyOf(used);
    }

    /** What a replay needs, for the trace's header; while the disks are open and not used yet. */
    List<GuestFile> files(HostDisks open) {
        List<GuestFile> files = new ArrayList<>();
        for (int i = 0; i < originals.size(); i++) {
            long bytes = open.disks().get(i).sectors() * DiskImage.SECTOR_SIZE;
            files.add(new GuestFile(originals.get(i).path(), bytes, open.sha256(i), null));
        }
        return files;
    }

    /** The guest is about to write: the images stay. */
    void keep() {
        kept = true;
    }

    /** Takes the images away if the run has not come to use them. */
    @Override
    public void close() {
        if (!kept) {
            for (Path child : children) {
                delete(child);
            }
        }
    }

    private static void delete(Path child) {
        try {
            Files.deleteIfExists(child);
        } catch (IOException e) {
            throw new ImageException(child.toString(), "is of no use", "delete it by hand", e);
        }
    }
}
