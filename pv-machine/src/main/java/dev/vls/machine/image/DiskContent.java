package dev.vls.machine.image;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** What is on a disk, whatever the format that it is stored in. */
public final class DiskContent {
    private static final int CHUNK_SECTORS = 2048;

    private DiskContent() {}

    /**
     * SHA-256 over all sectors, in lower-case hexadecimal.
     *
     * @throws ImageException if the image cannot be read
     */
    public static String sha256(DiskImage disk) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            ByteBuffer chunk = ByteBuffer.allocate(CHUNK_SECTORS * DiskImage.SECTOR_SIZE);
            for (long sector = 0; sector < disk.sectors(); sector += CHUNK_SECTORS) {
                long count = Math.min(CHUNK_SECTORS, disk.sectors() - sector);
                chunk.clear().limit((int) count * DiskImage.SECTOR_SIZE);
                disk.read(sector, chunk);
                digest.update(chunk.flip());
            }
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every JDK has SHA-256", e);
        }
    }
}
