package dev.vls.machine.image;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Checks that the parts of a dynamic VHD lie within the file, and none upon another. */
final class VhdLayout {
    private static final int BLOCK_SIZE_MIN = 4 << 10;
    private static final int BLOCK_SIZE_MAX = 256 << 20;

    private record Part(String what, long offset, long bytes) {
        long end() {
            return offset + bytes;
        }
    }

    private VhdLayout() {}

    /** Checks what the header says of itself. */
    static void checkHeader(CheckedFile file, VhdHeader header) {
        int blockSize = header.blockSize();
        if (Integer.bitCount(blockSize) != 1
                || blockSize < BLOCK_SIZE_MIN
                || blockSize > BLOCK_SIZE_MAX) {
            throw file.damaged(
                    "its block size of %s bytes is none that can be"
                            .formatted(Integer.toUnsignedString(blockSize)));
        }
    }

    /**
     * Checks all parts.
     *
     * @param blocks where the blocks are, ascending
     * @return where the last part ends, in bytes
     */
    static long check(CheckedFile file, VhdFooter footer, VhdHeader header, long[] blocks) {
        List<Part> parts = new ArrayList<>();
        parts.add(new Part("footer's copy", 0, VhdFooter.SIZE));
        parts.add(new Part("header", footer.dataOffset(), VhdHeader.SIZE));
        long entries = Integer.toUnsignedLong(header.tableEntries());
        parts.add(new Part("block table", header.tableOffset(), BlockTable.fileBytes(entries)));
        for (VhdHeader.Locator locator : header.locators()) {
            parts.add(
                    new Part(
                            "parent locator",
                            locator.dataOffset(),
                            Integer.toUnsignedLong(locator.lengthBytes())));
        }
        parts.sort(Comparator.comparingLong(Part::offset));
        long end = checkFixedParts(file, parts);
        long blockBytes = DynamicVhd.bitmapBytes(header.blockSize()) + (long) header.blockSize();
        for (int i = 0; i < blocks.length; i++) {
            Part block = new Part("block", blocks[i], blockBytes);
            checkWithin(file, block);
            if (i > 0 && blocks[i - 1] + blockBytes > blocks[i]) {
                throw file.damaged("two blocks overlap at %d".formatted(blocks[i]));
            }
            for (Part part : parts) {
                if (part.offset < block.end() && block.offset < part.end()) {
                    throw file.damaged(
                            "a block at %d lies upon its %s".formatted(block.offset, part.what));
                }
            }
            end = Math.max(end, block.end());
        }
        int sector = DiskImage.SECTOR_SIZE;
        return (end + sector - 1) / sector * sector;
    }

    private static long checkFixedParts(CheckedFile file, List<Part> parts) {
        long end = 0;
        for (Part part : parts) {
            checkWithin(file, part);
            if (part.offset < end) {
                throw file.damaged(
                        "its %s at %d lies upon another part".formatted(part.what, part.offset));
            }
            end = part.end();
        }
        return end;
    }

    private static void checkWithin(CheckedFile file, Part part) {
        if (part.offset < 0 || part.end() < part.offset || part.end() > file.size()) {
            throw file.damaged(
                    "its %s of %d bytes at %d is not within the file"
                            .formatted(part.what, part.bytes, part.offset));
        }
    }
}
