package dev.vls.trace;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;

/** Writes attachments and checkpoints, and sees to it that their pieces are in order. */
final class PieceWriter {
    private final ChunkAppender chunks;

    /** Size, and where the last piece ended, by the attachment's name. */
    private final Map<String, long[]> attachments = new HashMap<>();

    /** Bytes so far of each section of the checkpoint that is being written. */
    private final Map<String, Long> sections = new LinkedHashMap<>();

    /** The checkpoint that is being written, or the last one. */
    private long checkpoint = -1;

    private byte[] content = new byte[1 << 10];

    PieceWriter(ChunkAppender chunks) {
        this.chunks = chunks;
    }

    void attachment(String name, long size, long offset, byte[] data, int from, int length)
            throws IOException {
        checkPiece(length, size == 0);
        long[] known = attachments.get(name);
        check(known == null || known[0] == size, "an attachment's size changes");
        check(known != null || attachments.size() < TraceFormat.ATTACHMENTS_MAX, "too many");
        check(offset >= (known == null ? 0 : known[1]), "pieces are not in order");
        check(offset <= size && length <= size - offset, "a piece is past the end");
        byte[] nameBytes = name(name);
        int position = begin(nameBytes.length + length);
        position = putBytes(position, nameBytes);
        position = Varint.put(content, position, size);
        position = Varint.put(content, position, offset);
        append(ChunkType.ATTACHMENT, position, data, from, length);
        attachments.put(name, new long[] {size, offset + length});
    }

    void section(long number, String name, byte[] data, int from, int length) throws IOException {
        checkPiece(length, false);
        check(number >= 0, "checkpoints are numbered from 0");
        boolean goesOn = number == checkpoint && !sections.isEmpty();
        check(goesOn || number > checkpoint, "the number of a checkpoint before");
        long offset = goesOn ? sections.getOrDefault(name, 0L) : 0;
        check(
                !goesOn || offset > 0 || sections.size() < TraceFormat.SECTIONS_MAX,
                "too many sections");
        byte[] nameBytes = name(name);
        int position = begin(nameBytes.length + length);
        position = Varint.put(content, position, number);
        position = putBytes(position, nameBytes);
        position = Varint.put(content, position, offset);
        append(ChunkType.SECTION, position, data, from, length);
        if (!goesOn) {
            checkpoint = number;
            sections.clear();
        }
        sections.put(name, offset + length);
    }

    void checkpoint(long number, long nextEvent, long[] counts) throws IOException {
        check(number == checkpoint && !sections.isEmpty(), "a checkpoint without sections");
        int position = begin((TraceFormat.NAME_MAX + 20) * sections.size() + 10 * counts.length);
        position = Varint.put(content, position, number);
        position = Varint.put(content, position, nextEvent);
        position = Varint.put(content, position, counts.length);
        for (long count : counts) {
            position = Varint.put(content, position, count);
        }
        position = Varint.put(content, position, sections.size());
        for (Map.Entry<String, Long> section : sections.entrySet()) {
            position = putBytes(position, name(section.getKey()));
            position = Varint.put(content, position, section.getValue());
        }
        chunks.append(ChunkType.CHECKPOINT, content, 0, position, 0);
        sections.clear();
    }

    private int begin(int variableBytes) {
        int needed = variableBytes + 8 * TraceFormat.VARINT_MAX;
        if (content.length < needed) {
            content = new byte[needed];
        }
        return 0;
    }

    private int putBytes(int at, byte[] bytes) {
        int position = Varint.put(content, at, bytes.length);
        System.arraycopy(bytes, 0, content, position, bytes.length);
        return position + bytes.length;
    }

    private void append(ChunkType type, int position, byte[] data, int from, int length)
            throws IOException {
        System.arraycopy(data, from, content, position, length);
        chunks.append(type, content, 0, position + length, 0);
    }

    private static byte[] name(String name) {
        byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
        check(
                bytes.length >= 1 && bytes.length <= TraceFormat.NAME_MAX,
                "a name of 1 to 255 bytes");
        return bytes;
    }

    private static void checkPiece(int length, boolean mayBeEmpty) {
        check(length >= (mayBeEmpty ? 0 : 1), "an empty piece");
        check(length <= TraceWriter.PIECE_BYTES_MAX, "more than 1 MiB in one piece");
    }

    private static void check(boolean holds, String otherwise) {
        if (!holds) {
            throw new IllegalArgumentException(otherwise);
        }
    }
}
