package dev.vls.machine.image;

import java.nio.ByteBuffer;

/**
 * A disk: sectors of 512 bytes that can be read and written. What was written is safe from a loss
 * of power after the next {@link #flush}; before, each sector is either as it was or as it was
 * written. One thread. Buffers must hold whole sectors.
 */
public interface DiskImage extends AutoCloseable {
    int SECTOR_SIZE = 512;

    /** The file's name. */
    String name();

    long sectors();

    boolean isWritable();

    /**
     * Fills the buffer to its limit.
     *
     * @throws ImageException if the file cannot be read
     * @throws IllegalArgumentException if that is not within the disk, or not in whole sectors
     */
    void read(long sector, ByteBuffer target);

    /**
     * Writes all that the buffer holds.
     *
     * @throws ImageException if the file cannot be written
     * @throws IllegalArgumentException if that is not within the disk, or not in whole sectors, or
     *     the disk is read-only
     */
    void write(long sector, ByteBuffer source);

    /** Whether {@link #discard} gives space back rather than taking time. */
    boolean canDiscard();

    /**
     * Sectors that read as zeros afterwards. Takes more space only where a parent's data must be
     * hidden.
     */
    void discard(long sector, long count);

    void flush();

    /**
     * How many sectors from here are known to be zeros, without reading data.
     *
     * @return 0 up to count
     */
    long zerosFrom(long sector, long count);

    /** Flushes and closes; the parents too. */
    @Override
    void close();

    /** Checks what every transfer must hold to. */
    static void checkRange(DiskImage disk, long sector, long bytes) {
        long count = bytes / SECTOR_SIZE;
        if (bytes % SECTOR_SIZE != 0
                || sector < 0
                || count < 0
                || sector > disk.sectors() - count) {
            throw new IllegalArgumentException(
                    "disk %s: sector %d, %d bytes: not within %d sectors"
                            .formatted(disk.name(), sector, bytes, disk.sectors()));
        }
    }

    /** Checks that a disk may be changed. */
    static void checkWritable(DiskImage disk) {
        if (!disk.isWritable()) {
            throw new IllegalArgumentException("disk " + disk.name() + ": is read-only");
        }
    }
}
