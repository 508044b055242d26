package dev.vls.machine.image;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * The block allocation table of a dynamic VHD: where in the file each block is. Changes stay in
 * memory until they are told to go to the file.
 */
final class BlockTable {
    static final int UNUSED = -1;
    private static final int ENTRY_SIZE = 4;
    private static final int CHUNK_SIZE = 64 << 10;

    /** 64 MiB of memory. */
    private static final int ENTRIES_MAX = 16 << 20;

    private final CheckedFile file;
    private final long offset;
    private final int[] entries;
    private final SortedSet<Integer> unwritten = new TreeSet<>();

    private BlockTable(CheckedFile file, long offset, int[] entries) {
        this.file = file;
        this.offset = offset;
        this.entries = entries;
    }

    /** Reads as many entries as the disk needs. */
    static BlockTable read(CheckedFile file, VhdHeader header, long needed) {
        long end = header.tableOffset() + needed * ENTRY_SIZE;
        if (needed > Integer.toUnsignedLong(header.tableEntries()) || needed > ENTRIES_MAX) {
            throw file.damaged(
                    "its block table of %s entries cannot describe %d blocks"
                            .formatted(Integer.toUnsignedString(header.tableEntries()), needed));
        }
        if (header.tableOffset() < VhdFooter.SIZE || end < 0 || end > file.size()) {
            throw file.damaged(
                    "its block table at %d is not within the file".formatted(header.tableOffset()));
        }
        int[] entries = new int[(int) needed];
        ByteBuffer chunk = ByteBuffer.allocate(CHUNK_SIZE);
        for (int done = 0; done < entries.length; ) {
            int count = Math.min(entries.length - done, CHUNK_SIZE / ENTRY_SIZE);
            chunk.clear().limit(count * ENTRY_SIZE);
            file.read(header.tableOffset() + (long) done * ENTRY_SIZE, chunk);
            chunk.flip();
            chunk.asIntBuffer().get(entries, done, count);
            done += count;
        }
        return new BlockTable(file, header.tableOffset(), entries);
    }

    /** Bytes that a table takes in a file: whole sectors. */
    static long fileBytes(long entries) {
        int sector = DiskImage.SECTOR_SIZE;
        return (entries * ENTRY_SIZE + sector - 1) / sector * sector;
    }

    boolean isUsed(int block) {
        return entries[block] != UNUSED;
    }

    /** Where a used block's bitmap is, its data behind it; in bytes. */
    long offsetOf(int block) {
        return Integer.toUnsignedLong(entries[block]) * DiskImage.SECTOR_SIZE;
    }

    /** Puts a block somewhere; {@link #write} makes it so in the file. */
    void place(int block, long blockOffset) {
        entries[block] = (int) (blockOffset / DiskImage.SECTOR_SIZE);
        unwritten.add(block);
    }

    boolean isWritten() {
        return unwritten.isEmpty();
    }

    /** Writes what has changed. */
    void write() {
        while (!unwritten.isEmpty()) {
            int block = unwritten.first();
            ByteBuffer entry = ByteBuffer.allocate(ENTRY_SIZE).putInt(0, entries[block]);
            file.write(offset + (long) block * ENTRY_SIZE, entry);
            unwritten.remove(block);
        }
    }

    /** Offsets of all used blocks, ascending. */
    long[] usedOffsets() {
        return Arrays.stream(entries)
                .filter(entry -> entry != UNUSED)
                .mapToLong(entry -> Integer.toUnsignedLong(entry) * DiskImage.SECTOR_SIZE)
                .sorted()
                .toArray();
    }
}
