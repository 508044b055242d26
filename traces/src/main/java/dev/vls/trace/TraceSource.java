package dev.vls.trace;

import static java.nio.ByteOrder.LITTLE_ENDIAN;

import dev.vls.trace.TraceFormatException.Problem;
import io.airlift.compress.v3.zstd.ZstdJavaDecompressor;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.zip.CRC32C;

/** The bytes of a trace's file: preamble, trailer, and chunks at given offsets. */
final class TraceSource implements Closeable {
    private static final int SEARCH_BYTES = 1 << 16;

    private final FileChannel channel;

    /** Not the native one: what is a frame must not depend on the host's libraries. */
    private final ZstdJavaDecompressor zstd = new ZstdJavaDecompressor();

    private final long size;

    private TraceSource(FileChannel channel, long size) {
        this.channel = channel;
        this.size = size;
    }

    /**
     * @throws TraceIoException if the file cannot be read
     */
    static TraceSource open(Path path) {
        FileChannel channel = null;
        try {
            channel = FileChannel.open(path, StandardOpenOption.READ);
            TraceSource source = new TraceSource(channel, channel.size());
            channel = null;
            return source;
        } catch (IOException e) {
            throw new TraceIoException("the file cannot be read", e);
        } finally {
            HostTraceFile.closeAfterFailure(channel);
        }
    }

    /** Bytes in the file when it was opened. */
    long size() {
        return size;
    }

    /**
     * @throws TraceFormatException if this is no trace, or one of another version
     */
    void checkPreamble() {
        int present = (int) Math.min(size, TraceFormat.PREAMBLE_BYTES);
        byte[] bytes = read(0, present);
        int magic = TraceFormat.MAGIC.length;
        if (present < magic || !startsWith(bytes, TraceFormat.MAGIC)) {
            throw new TraceFormatException(Problem.NOT_A_TRACE, 0, "this is not a trace");
        }
        if (present < TraceFormat.PREAMBLE_BYTES) {
            throw new TraceFormatException(Problem.TRUNCATED, present, "the file ends here");
        }
        ByteBuffer preamble = view(bytes);
        if (crc(bytes, 12) != preamble.getInt(12)) {
            throw new TraceFormatException(
                    Problem.CHECKSUM, 0, "the checksum of the first 12 bytes is wrong");
        }
        int version = preamble.getInt(magic);
        if (version != TraceFormat.VERSION) {
            throw new TraceFormatException(
                    version == 0 ? Problem.MALFORMED : Problem.NEWER_VERSION,
                    magic,
                    "version "
                            + Integer.toUnsignedString(version)
                            + " of the format, this program reads "
                            + TraceFormat.VERSION);
        }
    }

    /** Where the index of a sealed trace is, and how many chunks there are. */
    record Trailer(long indexOffset, int chunks) {}

    /**
     * @throws TraceFormatException if the file does not end in a trailer
     */
    Trailer trailer() {
        long at = size - TraceFormat.TRAILER_BYTES;
        if (at < TraceFormat.PREAMBLE_BYTES) {
            throw new TraceFormatException(Problem.TRUNCATED, size, "the trace is not sealed");
        }
        byte[] bytes = read(at, TraceFormat.TRAILER_BYTES);
        if (!startsWith(bytes, TraceFormat.TRAILER_MAGIC)) {
            throw new TraceFormatException(Problem.TRUNCATED, size, "the trace is not sealed");
        }
        ByteBuffer trailer = view(bytes);
        if (crc(bytes, 20) != trailer.getInt(20)) {
            throw new TraceFormatException(
                    Problem.CHECKSUM, at, "the checksum of the trailer is wrong");
        }
        long indexOffset = trailer.getLong(8);
        int chunks = trailer.getInt(16);
        if (indexOffset < TraceFormat.PREAMBLE_BYTES || indexOffset >= at) {
            throw new TraceFormatException(Problem.MALFORMED, at, "the index is not in the file");
        }
        if (chunks < 2 || chunks > TraceFormat.CHUNKS_MAX) {
            throw new TraceFormatException(Problem.LIMIT, at, "the number of chunks is impossible");
        }
        return new Trailer(indexOffset, chunks);
    }

    /**
     * A chunk's header, checked in itself. Lengths are in bytes.
     *
     * @param offset of the header in the file
     */
    record Chunk(ChunkType type, int codec, int storedLength, int rawLength, int crc, long offset) {
        /** Behind the chunk. */
        long end() {
            return offset + TraceFormat.CHUNK_HEADER_BYTES + storedLength;
        }
    }

    /**
     * Reads a chunk's header.
     *
     * @throws TraceFormatException if there is none with this number, whole and within the file
     */
    Chunk chunk(long offset, int number) {
        if (size - offset < TraceFormat.CHUNK_HEADER_BYTES) {
            throw new TraceFormatException(
                    Problem.TRUNCATED, offset, "the file ends before chunk " + number + " does");
        }
        byte[] bytes = read(offset, TraceFormat.CHUNK_HEADER_BYTES);
        if (!startsWith(bytes, TraceFormat.CHUNK_MAGIC)) {
            throw new TraceFormatException(
                    Problem.MALFORMED, offset, "chunk " + number + " does not begin here");
        }
        ByteBuffer header = view(bytes);
        if (crc(bytes, 28) != header.getInt(28)) {
            throw new TraceFormatException(
                    Problem.CHECKSUM,
                    offset,
                    "the checksum of the header of chunk " + number + " is wrong");
        }
        if (header.getLong(16) != number) {
            throw new TraceFormatException(
                    Problem.MALFORMED, offset, "a chunk with another number than " + number);
        }
        ChunkType type = ChunkType.byCode(header.get(4) & 0xff);
        int codec = header.get(5) & 0xff;
        if (type == null || codec > TraceFormat.CODEC_ZSTD) {
            throw new TraceFormatException(
                    Problem.UNKNOWN, offset, "chunk " + number + ": a type or codec not known");
        }
        int stored = header.getInt(8);
        int raw = header.getInt(12);
        if (raw < 0 || raw > type.bytesMax || stored < 0 || stored > raw) {
            throw new TraceFormatException(
                    Problem.LIMIT, offset, "chunk " + number + ": a length that is impossible");
        }
        if (header.getShort(6) != 0 || (codec == TraceFormat.CODEC_STORED && stored != raw)) {
            throw new TraceFormatException(
                    Problem.MALFORMED, offset, "chunk " + number + ": header fields disagree");
        }
        Chunk chunk = new Chunk(type, codec, stored, raw, header.getInt(24), offset);
        if (chunk.end() > size) {
            throw new TraceFormatException(
                    Problem.TRUNCATED, offset, "the file ends before chunk " + number + " does");
        }
        return chunk;
    }

    /** A chunk's header as it is in the file. */
    byte[] header(long offset) {
        return read(offset, TraceFormat.CHUNK_HEADER_BYTES);
    }

    /**
     * Reads a chunk's content; allocates no more than the limit of its type, twice.
     *
     * @throws TraceFormatException if it is not what its header says
     */
    byte[] content(Chunk chunk) {
        byte[] stored = read(chunk.offset + TraceFormat.CHUNK_HEADER_BYTES, chunk.storedLength);
        if (crc(stored, stored.length) != chunk.crc) {
            throw new TraceFormatException(
                    Problem.CHECKSUM, chunk.offset, "the checksum of the chunk here is wrong");
        }
        if (chunk.codec == TraceFormat.CODEC_STORED) {
            return stored;
        }
        byte[] raw = new byte[chunk.rawLength];
        int length;
        try {
            length = zstd.decompress(stored, 0, stored.length, raw, 0, raw.length);
        } catch (RuntimeException e) {
            // Not only what it documents: malformed frames make it leave its tables, too.
            throw new TraceFormatException(
                    Problem.MALFORMED, chunk.offset, "the chunk here does not decompress", e);
        }
        if (length != raw.length) {
            throw new TraceFormatException(
                    Problem.MALFORMED, chunk.offset, "the chunk here has another length");
        }
        return raw;
    }

    /**
     * Searches for a chunk's header: one of events, attachments or checkpoints, within the file.
     *
     * @param numberMin the chunk's number is this or higher
     * @return where it begins, or -1
     */
    long findChunk(long from, int numberMin) {
        int magic = view(TraceFormat.CHUNK_MAGIC).getInt();
        long window = from;
        while (size - window >= TraceFormat.CHUNK_HEADER_BYTES) {
            byte[] bytes = read(window, (int) Math.min(size - window, SEARCH_BYTES));
            ByteBuffer view = view(bytes);
            int last = bytes.length - TraceFormat.CHUNK_HEADER_BYTES;
            for (int i = 0; i <= last; i++) {
                if (view.getInt(i) == magic
                        && crc(bytes, i, 28) == view.getInt(i + 28)
                        && view.getLong(i + 16) >= numberMin
                        && bytes[i + 4] != ChunkType.INDEX.code) {
                    return window + i;
                }
            }
            window += last + 1;
        }
        return -1;
    }

    private byte[] read(long offset, int length) {
        byte[] bytes = new byte[length];
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        try {
            while (buffer.hasRemaining()) {
                if (channel.read(buffer, offset + buffer.position()) < 0) {
                    throw new TraceFormatException(
                            Problem.TRUNCATED,
                            offset + buffer.position(),
                            "the file was cut off while it was read");
                }
            }
        } catch (IOException e) {
            throw new TraceIoException("the file cannot be read", e);
        }
        return bytes;
    }

    private static ByteBuffer view(byte[] bytes) {
        return ByteBuffer.wrap(bytes).order(LITTLE_ENDIAN);
    }

    private static boolean startsWith(byte[] bytes, byte[] magic) {
        return Arrays.equals(bytes, 0, magic.length, magic, 0, magic.length);
    }

    private static int crc(byte[] bytes, int length) {
        return crc(bytes, 0, length);
    }

    private static int crc(byte[] bytes, int from, int length) {
        CRC32C crc = new CRC32C();
        crc.update(bytes, from, length);
        return (int) crc.getValue();
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            throw new TraceIoException("the file cannot be closed", e);
        }
    }
}
