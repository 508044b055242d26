package dev.vls.machine.domain;

import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;
import org.tukaani.xz.LZMAInputStream;
import org.tukaani.xz.SingleXZInputStream;

/**
 * The compression formats of Linux kernels ({@code lib/decompress.c}), told by their first bytes.
 */
enum Decompression {
    GZIP("gzip", "\u001f\u008b") {
        @Override
        InputStream open(InputStream source) throws IOException {
            return new GZIPInputStream(source, CHUNK_BYTES);
        }
    },
    XZ("xz", "\u00fd7zXZ\0") {
        @Override
        InputStream open(InputStream source) throws IOException {
            return new SingleXZInputStream(source, DECODER_KIB_MAX);
        }
    },
    LZ4("lz4", "\u0002!L\u0018") {
        @Override
        InputStream open(InputStream source) {
            return new Lz4LegacyInputStream(source);
        }
    },
    ZSTD("zstd", "(\u00b5/\u00fd") {
        @Override
        MemorySegment unpack(ImageBytes packed, long claimed, Arena arena) throws IOException {
            return ZstdFrame.unpack(packed, Math.min(claimed, DECOMPRESSED_BYTES_MAX), arena);
        }
    },
    LZMA("lzma", "]\0") {
        @Override
        InputStream open(InputStream source) throws IOException {
            return new LZMAInputStream(source, DECODER_KIB_MAX);
        }
    },
    BZIP2("bzip2", "BZh"),
    LZO("lzo", "\u0089LZO");

    /** As Xen's XC_DOM_DECOMPRESS_MAX. */
    private static final long DECOMPRESSED_BYTES_MAX = 1L << 30;

    /** Dictionaries of xz are 128 MiB at most in Linux's build. */
    private static final int DECODER_KIB_MAX = 160 << 10;

    private static final int CHUNK_BYTES = 64 << 10;

    /** No format gets real kernels smaller than by this; a file's own word counts no further. */
    private static final int PLAUSIBLE_RATIO = 16;

    final String format;

    /** First bytes, one a character. */
    private final String magic;

    Decompression(String format, String magic) {
        this.format = format;
        this.magic = magic;
    }

    /** The format of some bytes, or null. */
    static @Nullable Decompression of(ImageBytes image) {
        for (Decompression candidate : values()) {
            if (image.has(0, candidate.magic.chars().toArray())) {
                return candidate;
            }
        }
        return null;
    }

    /** A stream of the decompressed bytes. */
    InputStream open(InputStream source) throws IOException {
        throw new IOException("not supported");
    }

    /**
     * The decompressed bytes, under the same name.
     *
     * @param compressed in bzImages followed by their decompressed size in 32 bits, a part of the
     *     format in gzip's case
     * @throws KernelImageException if they are damaged, too many, or in a format not supported here
     */
    ImageBytes decompress(ImageBytes compressed, Arena arena) {
        if (this == BZIP2 || this == LZO) {
            throw compressed.bad(
                    "its compression format " + format + " is not supported",
                    "give the kernel compressed with gzip, xz, lz4, zstd or lzma, or its vmlinux");
        }
        if (compressed.size() < 8) {
            throw compressed.bad("truncated within its " + format + " data", "get it again");
        }
        long claimed = compressed.unsignedInt(compressed.size() - 4);
        ImageBytes packed = compressed.slice(0, compressed.size() - (this == GZIP ? 0 : 4));
        try {
            return new ImageBytes(compressed.name(), unpack(packed, claimed, arena));
        } catch (KernelImageException e) {
            throw e;
        } catch (IOException | RuntimeException e) {
            throw new KernelImageException(
                    "%s: its %s data is damaged (%s): get the file again"
                            .formatted(compressed.name(), format, e.getMessage()),
                    e);
        }
    }

    /**
     * Decompresses.
     *
     * @param claimed how much there is, as the file says: not to be trusted
     */
    MemorySegment unpack(ImageBytes packed, long claimed, Arena arena) throws IOException {
        long plausible = Math.min(Math.max(claimed, 4096), packed.size() * PLAUSIBLE_RATIO);
        try (InputStream stream = open(new SegmentInputStream(packed.segment()))) {
            return readAll(stream, plausible, packed, arena);
        }
    }

    private MemorySegment readAll(
            InputStream stream, long plausible, ImageBytes compressed, Arena arena)
            throws IOException {
        MemorySegment result = arena.allocate(plausible);
        byte[] chunk = new byte[CHUNK_BYTES];
        long filled = 0;
        for (int count = stream.read(chunk); count >= 0; count = stream.read(chunk)) {
            if (filled + count > DECOMPRESSED_BYTES_MAX) {
                throw compressed.bad(
                        "its %s data decompresses to more than %d MiB"
                                .formatted(format, DECOMPRESSED_BYTES_MAX >> 20),
                        "give a smaller kernel");
            }
            if (filled + count > result.byteSize()) {
                MemorySegment larger = arena.allocate(2 * (filled + count));
                MemorySegment.copy(result, 0, larger, 0, filled);
                result = larger;
            }
            MemorySegment.copy(chunk, 0, result, ValueLayout.JAVA_BYTE, filled, count);
            filled += count;
        }
        return result.asSlice(0, filled);
    }
}
