package dev.vls.machine.domain;

import dev.vls.xen.abi.xen.StartInfo;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * The files of a domain, checked and laid out, before it has any memory: everything that can be
 * wrong with them has been found. Refers to the files' bytes until the domain is built.
 */
public final class DomainImage {
    final KernelImage kernel;
    final @Nullable MemorySegment ramdisk;
    final byte[] commandLine;
    final long totalPages;
    final BootLayout layout;

    private DomainImage(
            KernelImage kernel,
            @Nullable MemorySegment ramdisk,
            byte[] commandLine,
            long totalPages) {
        this.kernel = kernel;
        this.ramdisk = ramdisk;
        this.commandLine = commandLine;
        this.totalPages = totalPages;
        this.layout = BootLayout.of(kernel, totalPages, ramdisk == null ? 0 : ramdisk.byteSize());
    }

    /** The kernel's command line, as it was given. */
    public String commandLine() {
        return new String(commandLine, StandardCharsets.UTF_8);
    }

    /** A file of the domain: its bytes, and what to call it in messages. */
    public record NamedBytes(String name, MemorySegment bytes) {}

    /**
     * Reads the files.
     *
     * @param ramdisk null for none; one that is gzip data as a whole is unpacked, as Xen does
     * @param totalPages the domain's memory
     * @param arena owns what is unpacked
     * @throws KernelImageException if no domain can be built from them
     */
    public static DomainImage read(
            NamedBytes kernel,
            @Nullable NamedBytes ramdisk,
            String commandLine,
            long totalPages,
            Arena arena) {
        byte[] line = commandLine.getBytes(StandardCharsets.UTF_8);
        if (line.length >= StartInfo.CMD_LINE_LENGTH) {
            throw new KernelImageException(
                    "command line: %d bytes, but the start info has room for %d: shorten it"
                            .formatted(line.length, StartInfo.CMD_LINE_LENGTH - 1));
        }
        KernelImage image = KernelFile.read(kernel.name(), kernel.bytes(), arena);
        MemorySegment disk = ramdisk == null ? null : Ramdisk.read(ramdisk, arena);
        return new DomainImage(image, disk, line, totalPages);
    }
}
