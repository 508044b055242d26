package dev.vls.machine.domain;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * A kernel as it comes from disk: an ELF file, one within a bzImage (Linux {@code
 * Documentation/arch/x86/boot.rst}), or either compressed with gzip as a whole.
 */
final class KernelFile {
    private static final long FILE_BYTES_MAX = 1L << 30;
    private static final int SETUP_SECTORS = 0x1f1;
    private static final int HEADER_MAGIC = 0x202;
    private static final int VERSION = 0x206;
    private static final int PAYLOAD_OFFSET = 0x248;
    private static final int PAYLOAD_LENGTH = 0x24c;
    private static final int VERSION_WITH_PAYLOAD = 0x208;
    private static final int SECTOR_BYTES = 512;

    private KernelFile() {}

    /**
     * Reads a kernel file.
     *
     * @param name what to call it in messages
     * @param arena owns what is decompressed; the result refers to it and to the file's bytes
     * @throws KernelImageException if no domain can be built from it
     */
    static KernelImage read(String name, MemorySegment bytes, Arena arena) {
        ImageBytes file = new ImageBytes(name, bytes);
        if (file.size() == 0) {
            throw file.bad("an empty file", "give a Xen PV kernel, or builtin:hello");
        }
        if (file.size() > FILE_BYTES_MAX) {
            throw file.bad(
                    "a file of %d MiB, more than %d MiB"
                            .formatted(file.size() >> 20, FILE_BYTES_MAX >> 20),
                    "give a kernel");
        }
        if (Decompression.of(file) == Decompression.GZIP) {
            file = Decompression.GZIP.decompress(file, arena);
        }
        ImageBytes payload = bzImagePayload(file);
        if (payload == null) {
            return KernelImage.parse(file);
        }
        if (ElfFile.isElf(payload)) {
            return KernelImage.parse(payload);
        }
        Decompression format = Decompression.of(payload);
        if (format == null) {
            throw file.bad(
                    "a bzImage whose payload is in an unknown format",
                    "give the kernel compressed with gzip, xz, lz4, zstd or lzma, or its vmlinux");
        }
        ImageBytes kernel = format.decompress(payload, arena);
        if (!ElfFile.isElf(kernel)) {
            throw file.bad("a bzImage without an ELF kernel in it", "give its vmlinux");
        }
        return KernelImage.parse(kernel);
    }

    private static @Nullable ImageBytes bzImagePayload(ImageBytes file) {
        if (!file.has(HEADER_MAGIC, 'H', 'd', 'r', 'S')) {
            return null;
        }
        int version = file.unsignedShort(VERSION);
        if (version < VERSION_WITH_PAYLOAD) {
            throw file.bad(
                    "a Linux kernel of boot protocol %d.%d, older than 2.8"
                            .formatted(version >> 8, version & 0xff),
                    "give its vmlinux");
        }
        int sectors = file.unsignedByte(SETUP_SECTORS);
        // Zero stands for four, for compatibility with the oldest loaders.
        long protectedMode = ((sectors == 0 ? 4 : sectors) + 1L) * SECTOR_BYTES;
        long offset = protectedMode + file.unsignedInt(PAYLOAD_OFFSET);
        return file.slice(offset, file.unsignedInt(PAYLOAD_LENGTH));
    }
}
