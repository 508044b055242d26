package dev.vls.control;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.foreign.MemorySegment;
import java.util.HexFormat;
import java.util.List;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;

/**
 * Looks whether Linux is going to know a ramdisk. What a ramdisk is is the guest's affair, so this
 * is for a warning: else a damaged one ends in a kernel panic some time later.
 */
final class RamdiskCheck {
    private static final String GZIP = "1f8b";

    /**
     * First bytes of what Linux unpacks: cpio (newc, without and with checksums), gzip, bzip2, xz,
     * zstd, lz4, lzo, lzma (init/initramfs.c, lib/decompress.c).
     */
    private static final List<String> MAGICS =
            List.of(
                    "303730373031",
                    "303730373032",
                    GZIP,
                    "425a68",
                    "fd377a58",
                    "28b52ffd",
                    "02214c18",
                    "894c5a4f",
                    "5d0000");

    private static final int MAGIC_BYTES_MAX = 6;

    /** Larger ones are not worth the time and memory. */
    private static final int GZIP_BYTES_MAX = 32 << 20;

    private RamdiskCheck() {}

    /** What is wrong with a ramdisk that is for Linux; null if nothing is. */
    static @Nullable String complaint(MemorySegment ramdisk) {
        int length = (int) Math.min(ramdisk.byteSize(), MAGIC_BYTES_MAX);
        String start = HexFormat.of().formatHex(ramdisk.asSlice(0, length).toArray(JAVA_BYTE));
        if (MAGICS.stream().noneMatch(start::startsWith)) {
            return "is neither a cpio archive nor compressed as one";
        }
        return start.startsWith(GZIP) && ramdisk.byteSize() <= GZIP_BYTES_MAX
                ? gzipComplaint(ramdisk)
                : null;
    }

    private static @Nullable String gzipComplaint(MemorySegment ramdisk) {
        byte[] bytes = ramdisk.toArray(JAVA_BYTE);
        try (InputStream unpacked = new GZIPInputStream(new ByteArrayInputStream(bytes), 1 << 16)) {
            unpacked.transferTo(OutputStream.nullOutputStream());
            return null;
        } catch (IOException e) {
            return "is damaged (" + e.getMessage() + ")";
        }
    }
}
