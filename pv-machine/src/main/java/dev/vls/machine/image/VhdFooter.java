package dev.vls.machine.image;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * The footer of a VHD ("Hard Disk Footer Format"): 512 bytes, big-endian.
 *
 * @param dataOffset of the dynamic header, -1 for none
 * @param sizeBytes of the disk, "Current Size"
 */
record VhdFooter(
        long dataOffset,
        int secondsSince2000,
        String creator,
        int creatorVersion,
        String creatorHost,
        long originalSizeBytes,
        long sizeBytes,
        VhdGeometry geometry,
        int type,
        VhdId id,
        boolean savedState) {
    static final int SIZE = 512;
    static final long NO_OFFSET = -1;
    static final int TYPE_FIXED = 2;
    static final int TYPE_DYNAMIC = 3;
    static final int TYPE_DIFFERENCING = 4;

    /** The specification's limit, less than 2^32 sectors. */
    static final long DISK_SIZE_MAX = 2040L << 30;

    private static final String COOKIE = "conectix";
    private static final int FEATURES_RESERVED = 2;
    private static final int VERSION = 0x0001_0000;
    private static final int CHECKSUM_OFFSET = 64;

    /**
     * Some readers take the size from the geometry unless they know the creator for one that means
     * what it says; this is XenServer's.
     */
    private static final String CREATOR = "tap\0";

    private static final int CREATOR_VERSION = 0x0001_0003;

    static VhdFooter create(VhdOrigin origin, long sizeBytes, int type) {
        return new VhdFooter(
                type == TYPE_FIXED ? NO_OFFSET : SIZE,
                origin.secondsSince2000(),
                CREATOR,
                CREATOR_VERSION,
                "\0\0\0\0",
                sizeBytes,
                sizeBytes,
                VhdGeometry.of(sizeBytes / DiskImage.SECTOR_SIZE),
                type,
                origin.id(),
                false);
    }

    byte[] encode() {
        ByteBuffer bytes = ByteBuffer.allocate(SIZE);
        bytes.put(latin(COOKIE)).putInt(FEATURES_RESERVED).putInt(VERSION).putLong(dataOffset);
        bytes.putInt(secondsSince2000).put(latin(creator)).putInt(creatorVersion);
        bytes.put(latin(creatorHost)).putLong(originalSizeBytes).putLong(sizeBytes);
        bytes.putShort((short) geometry.cylinders());
        bytes.put((byte) geometry.heads()).put((byte) geometry.sectorsPerTrack());
        bytes.putInt(type).putInt(0).putLong(id.high()).putLong(id.low());
        bytes.put((byte) (savedState ? 1 : 0));
        bytes.putInt(CHECKSUM_OFFSET, checksum(bytes.array(), CHECKSUM_OFFSET));
        return bytes.array();
    }

    /** Null if the bytes are no footer, or one that is damaged. */
    static @Nullable VhdFooter decode(byte[] sector) {
        ByteBuffer bytes = ByteBuffer.wrap(sector);
        if (!text(sector, 0, 8).equals(COOKIE)
                || bytes.getInt(CHECKSUM_OFFSET) != checksum(sector, CHECKSUM_OFFSET)
                || bytes.getShort(12) != VERSION >>> 16) {
            return null;
        }
        return new VhdFooter(
                bytes.getLong(16),
                bytes.getInt(24),
                text(sector, 28, 4),
                bytes.getInt(32),
                text(sector, 36, 4),
                bytes.getLong(40),
                bytes.getLong(48),
                new VhdGeometry(
                        Short.toUnsignedInt(bytes.getShort(56)),
                        Byte.toUnsignedInt(bytes.get(58)),
                        Byte.toUnsignedInt(bytes.get(59))),
                bytes.getInt(60),
                new VhdId(bytes.getLong(68), bytes.getLong(76)),
                bytes.get(84) != 0);
    }

    /** Whether the bytes begin like a footer, intact or not. */
    static boolean hasCookie(byte[] sector) {
        return text(sector, 0, 8).equals(COOKIE);
    }

    /**
     * Sectors of the disk. Virtual PC, and QEMU after its example, mean the geometry.
     *
     * @return 0 or less if it makes no sense
     */
    long sectors() {
        long sectors = sizeBytes / DiskImage.SECTOR_SIZE;
        boolean byGeometry = creator.equals("vpc ") || creator.equals("qemu");
        return byGeometry && !geometry.equals(VhdGeometry.LARGEST) && geometry.sectors() > 0
                ? Math.min(sectors, geometry.sectors())
                : sectors;
    }

    /** One's complement of the sum of all bytes but the checksum's own. */
    static int checksum(byte[] bytes, int checksumOffset) {
        int sum = 0;
        for (int i = 0; i < bytes.length; i++) {
            if (i < checksumOffset || i >= checksumOffset + 4) {
                sum += Byte.toUnsignedInt(bytes[i]);
            }
        }
        return ~sum;
    }

    static byte[] latin(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    static String text(byte[] bytes, int offset, int length) {
        return new String(bytes, offset, length, StandardCharsets.ISO_8859_1);
    }
}
