package dev.vls.machine.image;

import java.nio.ByteBuffer;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The header of a dynamic or differencing VHD ("Dynamic Disk Header Format"): 1024 bytes,
 * big-endian.
 *
 * @param tableOffset of the block allocation table, in bytes
 * @param tableEntries blocks of the disk
 * @param parentName the parent's file name, for people; empty for none
 */
record VhdHeader(
        long tableOffset,
        int tableEntries,
        int blockSize,
        VhdId parentId,
        int parentSecondsSince2000,
        String parentName,
        List<Locator> locators) {
    static final int SIZE = 1024;
    static final int BLOCK_SIZE_DEFAULT = 2 << 20;
    static final int LOCATORS_MAX = 8;

    private static final String COOKIE = "cxsparse";
    private static final int VERSION = 0x0001_0000;
    private static final int CHECKSUM_OFFSET = 36;
    private static final int PARENT_NAME_OFFSET = 64;
    private static final int PARENT_NAME_SIZE = 512;
    private static final int LOCATORS_OFFSET = PARENT_NAME_OFFSET + PARENT_NAME_SIZE;
    private static final int LOCATOR_SIZE = 24;

    /**
     * Where the parent's path stands in one platform's form.
     *
     * @param spaceBytes reserved for it in the file
     */
    record Locator(int platform, int spaceBytes, int lengthBytes, long dataOffset) {
        /** A Windows path, relative, in UTF-16LE. */
        static final int RELATIVE = 0x57327275;

        /** A Windows path, absolute, in UTF-16LE. */
        static final int ABSOLUTE = 0x57326B75;

        /** A file URL in UTF-8. */
        static final int URL = 0x4D616358;

        static Charset charset(int platform) {
            return platform == URL ? StandardCharsets.UTF_8 : StandardCharsets.UTF_16LE;
        }
    }

    byte[] encode() {
        ByteBuffer bytes = ByteBuffer.allocate(SIZE);
        bytes.put(VhdFooter.latin(COOKIE)).putLong(VhdFooter.NO_OFFSET).putLong(tableOffset);
        bytes.putInt(VERSION).putInt(tableEntries).putInt(blockSize).putInt(0);
        bytes.putLong(parentId.high()).putLong(parentId.low()).putInt(parentSecondsSince2000);
        byte[] name = parentName.getBytes(StandardCharsets.UTF_16BE);
        bytes.put(PARENT_NAME_OFFSET, name, 0, Math.min(name.length, PARENT_NAME_SIZE - 2));
        int at = LOCATORS_OFFSET;
        for (Locator locator : locators) {
            bytes.putInt(at, locator.platform()).putInt(at + 4, locator.spaceBytes());
            bytes.putInt(at + 8, locator.lengthBytes()).putLong(at + 16, locator.dataOffset());
            at += LOCATOR_SIZE;
        }
        bytes.putInt(CHECKSUM_OFFSET, VhdFooter.checksum(bytes.array(), CHECKSUM_OFFSET));
        return bytes.array();
    }

    /** Null if the bytes are no header, or one that is damaged. */
    static @Nullable VhdHeader decode(byte[] content) {
        ByteBuffer bytes = ByteBuffer.wrap(content);
        if (!VhdFooter.text(content, 0, 8).equals(COOKIE)
                || bytes.getInt(CHECKSUM_OFFSET) != VhdFooter.checksum(content, CHECKSUM_OFFSET)
                || bytes.getShort(24) != VERSION >>> 16) {
            return null;
        }
        String name =
                new String(
                        content, PARENT_NAME_OFFSET, PARENT_NAME_SIZE, StandardCharsets.UTF_16BE);
        int end = name.indexOf('\0');
        List<Locator> locators = new ArrayList<>();
        for (int i = 0; i < LOCATORS_MAX; i++) {
            int at = LOCATORS_OFFSET + i * LOCATOR_SIZE;
            if (bytes.getInt(at) != 0) {
                locators.add(
                        new Locator(
                                bytes.getInt(at),
                                bytes.getInt(at + 4),
                                bytes.getInt(at + 8),
                                bytes.getLong(at + 16)));
            }
        }
        return new VhdHeader(
                bytes.getLong(16),
                bytes.getInt(28),
                bytes.getInt(32),
                new VhdId(bytes.getLong(40), bytes.getLong(48)),
                bytes.getInt(56),
                end < 0 ? name : name.substring(0, end),
                List.copyOf(locators));
    }
}
