package dev.vls.replay;

import dev.vls.machine.domain.DomainImage.NamedBytes;
import dev.vls.trace.TraceHeader;
import dev.vls.trace.TraceHeader.GuestFile;
import dev.vls.trace.TraceReader;
import dev.vls.trace.TraceWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.jspecify.annotations.Nullable;

/** A guest's kernel and ramdisk inside its trace, as attachments. docs/spec/trace-format.md. */
public final class PackedGuest implements GuestFiles {
    private static final String KERNEL = "kernel";
    private static final String RAMDISK = "ramdisk";

    /** Longer files are not unpacked: a few bytes of a hostile trace could become any number. */
    private static final long BYTES_MAX = 1L << 30;

    private final TraceReader trace;
    private final GuestFiles others;

    /**
     * The files of a trace.
     *
     * @param others those that are not packed
     */
    public PackedGuest(TraceReader trace, GuestFiles others) {
        this.trace = trace;
        this.others = others;
    }

    /** The header of a trace in which the files will be. */
    public static TraceHeader header(TraceHeader header) {
        return new TraceHeader(
                header.tool(),
                header.start(),
                attached(header.kernel(), KERNEL),
                attached(header.ramdisk(), RAMDISK),
                header.disks(),
                header.cmdline(),
                header.memoryBytes(),
                header.vcpus(),
                header.cpuid(),
                header.clock(),
                header.devices());
    }

    private static @Nullable GuestFile attached(@Nullable GuestFile file, String attachment) {
        return file == null
                ? null
                : new GuestFile(file.name(), file.size(), file.sha256(), attachment);
    }

    /**
     * Writes the files that the header says are packed.
     *
     * @throws dev.vls.trace.TraceIoException if there is no room
     */
    static void write(TraceWriter writer, TraceHeader header, GuestFiles files) {
        try (Arena arena = Arena.ofConfined()) {
            write(writer, header.kernel(), files.kernel(arena));
            write(writer, header.ramdisk(), files.ramdisk(arena));
        }
    }

    private static void write(
            TraceWriter writer, @Nullable GuestFile file, @Nullable NamedBytes content) {
        if (file == null || content == null || file.attachment() == null) {
            return;
        }
        MemorySegment bytes = content.bytes();
        for (long at = 0; at < bytes.byteSize(); at += TraceWriter.PIECE_BYTES_MAX) {
            long length = Math.min(TraceWriter.PIECE_BYTES_MAX, bytes.byteSize() - at);
            byte[] piece = bytes.asSlice(at, length).toArray(ValueLayout.JAVA_BYTE);
            writer.attachment(file.attachment(), bytes.byteSize(), at, piece, 0, piece.length);
        }
    }

    @Override
    public NamedBytes kernel(Arena arena) {
        NamedBytes packed = unpack(trace.header().kernel(), arena);
        return packed == null ? others.kernel(arena) : packed;
    }

    @Override
    public @Nullable NamedBytes ramdisk(Arena arena) {
        NamedBytes packed = unpack(trace.header().ramdisk(), arena);
        return packed == null ? others.ramdisk(arena) : packed;
    }

    private @Nullable NamedBytes unpack(@Nullable GuestFile file, Arena arena) {
        if (file == null || file.attachment() == null) {
            return null;
        }
        String name = file.attachment();
        for (TraceReader.Attachment attachment : trace.attachments()) {
            if (attachment.name().equals(name)
                    && attachment.size() == file.size()
                    && attachment.packedBytes() == file.size()
                    && file.size() <= BYTES_MAX) {
                MemorySegment bytes = arena.allocate(Math.max(file.size(), 1));
                try {
                    trace.readAttachment(
                            name,
                            (offset, data, from, length) ->
                                    MemorySegment.copy(
                                            data,
                                            from,
                                            bytes,
                                            ValueLayout.JAVA_BYTE,
                                            offset,
                                            length));
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
                return new NamedBytes("packed " + name, bytes.asSlice(0, file.size()));
            }
        }
        throw new ReplayException(
                "the packed file %s is not whole in the trace: name the file".formatted(name));
    }
}
