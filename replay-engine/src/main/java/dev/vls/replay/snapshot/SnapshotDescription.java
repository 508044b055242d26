package dev.vls.replay.snapshot;

import dev.vls.replay.GuestDescription;
import java.util.List;

/**
 * What a snapshot's configuration file says.
 *
 * @param guid names its files
 * @param tool program and version that saved it
 * @param instructions that all vCPUs had taken
 * @param guest what the domain was made with
 * @param disks in the order of the guest's disks
 * @param memory the file with the memory
 * @param state the file with everything else
 */
public record SnapshotDescription(
        String guid,
        String tool,
        long instructions,
        GuestDescription guest,
        List<Disk> disks,
        DataFile memory,
        DataFile state) {
    /** A file beside the configuration; {@code sha256} of all its bytes, in hexadecimal. */
    public record DataFile(String name, long bytes, String sha256) {}

    /**
     * An image as it was, which nobody writes any more.
     *
     * @param path absolute, or beside the configuration
     * @param sha256 of the disk's content, in hexadecimal
     */
    public record Disk(String path, String sha256) {}

    public SnapshotDescription {
        disks = List.copyOf(disks);
    }
}
