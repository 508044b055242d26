package dev.vls.control;

import dev.vls.machine.host.disk.HostDisks;
import dev.vls.machine.image.ImageException;
import dev.vls.replay.snapshot.SnapshotDescription;
import dev.vls.replay.snapshot.SnapshotException;
import dev.vls.replay.snapshot.SnapshotFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The images of a snapshot, which stay as they are however often it is restored. */
final class SnapshotDisks {
    private static final int RESTORES_MAX = 10_000;

    private SnapshotDisks() {}

    static CommandException unusable(SnapshotException e) {
        return new CommandException(ExitCode.UNUSABLE_INPUT, "snapshot " + e.getMessage(), e);
    }

    /**
     * Checks that the images are there.
     *
     * @param contents whether what is on them is read and compared
     * @throws SnapshotException if one is not as it was
     */
    static void check(SnapshotFiles files, SnapshotDescription snapshot, boolean contents) {
        for (SnapshotDescription.Disk disk : snapshot.disks()) {
            Path image = files.image(disk);
            if (!Files.isReadable(image)) {
                throw new SnapshotException(image + ": is missing, a disk of the snapshot");
            }
            try {
                if (contents && !SnapshotSaver.sha256(image.toString()).equals(disk.sha256())) {
                    throw new SnapshotException(
                            image + ": is not as it was when the snapshot was saved");
                }
            } catch (ImageException e) {
                throw new SnapshotException(String.valueOf(e.getMessage()), e);
            }
        }
    }

    /**
     * Images for a guest that is restored: a new differencing one for each that it may write.
     *
     * @throws ImageException if one cannot be made
     */
    static List<HostDisks.Choice> open(
            Path directory, SnapshotFiles files, SnapshotDescription snapshot) {
        List<HostDisks.Choice> choices = new ArrayList<>();
        for (SnapshotDescription.Disk disk : snapshot.disks()) {
            int index = choices.size();
            String image = files.image(disk).toString();
            if (snapshot.guest().disks().get(index).node().writable()) {
                Path child = freeName(directory, snapshot.guid(), index);
                NewDisk.images().createDifferencing(child.toString(), image, NewDisk.origin());
                choices.add(new HostDisks.Choice(child.toString(), true));
            } else {
                choices.add(new HostDisks.Choice(image, false));
            }
        }
        return choices;
    }

    /** Removes the images that were made for a guest which could not be restored. */
    static void discard(List<HostDisks.Choice> choices) {
        for (HostDisks.Choice choice : choices) {
            if (choice.writable()) {
                try {
                    Files.deleteIfExists(Path.of(choice.path()));
                } catch (IOException e) {
                    throw new ImageException(choice.path(), "is of no use", "delete it by hand", e);
                }
            }
        }
    }

    private static Path freeName(Path directory, String guid, int index) {
        for (int i = 1; i <= RESTORES_MAX; i++) {
            Path path =
                    directory.resolve("%s.xvd%c.%d.avhd".formatted(guid, (char) ('a' + index), i));
            if (!Files.exists(path)) {
                return path;
            }
        }
        throw new SnapshotException(directory + ": was restored too often: remove old .avhd files");
    }
}
