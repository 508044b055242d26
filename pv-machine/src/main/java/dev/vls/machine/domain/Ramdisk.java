package dev.vls.machine.domain;

import dev.vls.machine.domain.DomainImage.NamedBytes;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;
import org.jspecify.annotations.Nullable;

/** Reads a ramdisk as {@code xc_dom_build_module} (Xen, {@code xg_dom_core.c}) does. */
final class Ramdisk {
    private static final long FILE_BYTES_MAX = 1L << 30;

    /** What Xen adds to the size that a gzip file states. */
    private static final int SLACK_BYTES = 16;

    private static final int GZIP_HEADER_BYTES = 10;
    private static final int GZIP_TRAILER_BYTES = 8;
    private static final int FLAG_HEADER_CRC = 1 << 1;
    private static final int FLAG_EXTRA = 1 << 2;
    private static final int FLAG_NAME = 1 << 3;
    private static final int FLAG_COMMENT = 1 << 4;

    private Ramdisk() {}

    /**
     * The bytes to be loaded: those of the file, or what is in it if it is one gzip member as a
     * whole. What does not unpack is handed to the guest as it is, which may know better.
     */
    static MemorySegment read(NamedBytes file, Arena arena) {
        ImageBytes image = new ImageBytes(file.name(), file.bytes());
        if (image.size() == 0) {
            throw image.bad("an empty ramdisk", "leave out --ramdisk, or give a cpio archive");
        }
        if (image.size() > FILE_BYTES_MAX) {
            throw image.bad(
                    "a ramdisk of %d MiB, more than %d MiB"
                            .formatted(image.size() >> 20, FILE_BYTES_MAX >> 20),
                    "give a smaller one");
        }
        MemorySegment unpacked = image.has(0, 0x1f, 0x8b, 8) ? unpack(image, arena) : null;
        return unpacked == null ? image.segment() : unpacked;
    }

    /** Null if the file is not exactly one gzip member (RFC 1952). */
    private static @Nullable MemorySegment unpack(ImageBytes image, Arena arena) {
        if (image.size() < GZIP_HEADER_BYTES + GZIP_TRAILER_BYTES) {
            return null;
        }
        long header = headerBytes(image);
        long bytes = image.unsignedInt(image.size() - 4);
        // Deflate gets nothing smaller than by a factor of 1032.
        if (header < 0 || bytes > FILE_BYTES_MAX || bytes / 1032 > image.size()) {
            return null;
        }
        MemorySegment target = arena.allocate(bytes + SLACK_BYTES);
        long packedBytes = image.size() - header - GZIP_TRAILER_BYTES;
        ByteBuffer source = image.slice(header, packedBytes).segment().asByteBuffer();
        Inflater inflater = new Inflater(true);
        try {
            inflater.setInput(source);
            int count = inflater.inflate(target.asByteBuffer());
            boolean whole = inflater.finished() && count == bytes && !source.hasRemaining();
            return whole ? target : null;
        } catch (DataFormatException e) {
            return null;
        } finally {
            inflater.end();
        }
    }

    /** Bytes before the packed data; -1 if they leave no room for any. */
    private static long headerBytes(ImageBytes image) {
        int flags = image.unsignedByte(3);
        long limit = image.size() - GZIP_TRAILER_BYTES;
        long at = GZIP_HEADER_BYTES;
        if ((flags & FLAG_EXTRA) != 0) {
            at += 2L + image.unsignedShort(at);
        }
        for (int flag : new int[] {FLAG_NAME, FLAG_COMMENT}) {
            if ((flags & flag) != 0) {
                while (at < limit && image.unsignedByte(at) != 0) {
                    at++;
                }
                at++;
            }
        }
        at += (flags & FLAG_HEADER_CRC) != 0 ? 2 : 0;
        return at < limit ? at : -1;
    }
}
