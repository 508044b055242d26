package dev.vls.trace;

import io.airlift.compress.v3.zstd.ZstdCompressor;
import io.airlift.compress.v3.zstd.ZstdJavaCompressor;
import io.airlift.compress.v3.zstd.ZstdNativeCompressor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.zip.CRC32C;

/**
 * Writes chunks behind each other, and at the end the index and the trailer. A call that fails has
 * not moved the end: the same chunk may be written again.
 */
final class ChunkAppender {
    /** The fastest level: what it leaves is within some percent of the default's. */
    private static final int ZSTD_LEVEL = 1;

    /** Shorter content does not become shorter. */
    private static final int COMPRESS_BYTES_MIN = 64;

    /** Type, stored length and number of events. */
    private static final int INDEX_ENTRY_MAX = 1 + 5 + 5;

    private final TraceFile file;
    private final boolean compress;
    private final ZstdCompressor zstd =
            ZstdNativeCompressor.isEnabled()
                    ? new ZstdNativeCompressor(ZSTD_LEVEL)
                    : new ZstdJavaCompressor();
    private final CRC32C crc = new CRC32C();

    /** A chunk as it goes to the file. */
    private byte[] frame = new byte[0];

    private ByteBuffer frameView = view(frame);

    private byte[] index = new byte[1 << 10];
    private int indexBytes;
    private int chunks;
    private long end;

    ChunkAppender(TraceFile file, boolean compress) {
        this.file = file;
        this.compress = compress;
    }

    /** Where the next chunk goes. */
    long end() {
        return end;
    }

    int chunks() {
        return chunks;
    }

    /** Begins a file that is empty. */
    void writePreamble() throws IOException {
        byte[] preamble = new byte[TraceFormat.PREAMBLE_BYTES];
        ByteBuffer view = view(preamble);
        view.put(TraceFormat.MAGIC).putInt(TraceFormat.VERSION).putInt(crc(preamble, 0, 12));
        file.write(0, preamble, 0, preamble.length);
        end = preamble.length;
    }

    /** Goes on behind the chunks that are known. */
    void resume(ChunkIndex known) {
        for (int i = 0; i < known.size(); i++) {
            addToIndex(known.type(i), known.storedLength(i), known.events(i));
        }
        end = known.end();
    }

    /**
     * Writes a chunk.
     *
     * @param events how many are in it, 0 for other types
     */
    void append(ChunkType type, byte[] content, int from, int length, int events)
            throws IOException {
        // The last number is the index's.
        if (chunks >= TraceFormat.CHUNKS_MAX - 1) {
            throw new IOException("a trace has at most " + TraceFormat.CHUNKS_MAX + " chunks");
        }
        int bytes = buildFrame(type, content, from, length);
        file.write(end, frame, 0, bytes);
        addToIndex(type, bytes - TraceFormat.CHUNK_HEADER_BYTES, events);
        end += bytes;
    }

    /** Writes index and trailer, each durable before what follows. May be called again. */
    void seal(int sealedBy) throws IOException {
        file.sync();
        byte[] content = new byte[1 + TraceFormat.VARINT_MAX + indexBytes];
        content[0] = (byte) sealedBy;
        int length = Varint.put(content, 1, chunks);
        System.arraycopy(index, 0, content, length, indexBytes);
        int bytes = buildFrame(ChunkType.INDEX, content, 0, length + indexBytes);
        file.write(end, frame, 0, bytes);
        file.sync();
        byte[] trailer = new byte[TraceFormat.TRAILER_BYTES];
        ByteBuffer view = view(trailer);
        view.put(TraceFormat.TRAILER_MAGIC).putLong(end).putInt(chunks + 1);
        view.putInt(crc(trailer, 0, view.position()));
        file.write(end + bytes, trailer, 0, trailer.length);
        file.sync();
    }

    private void addToIndex(ChunkType type, int storedLength, int events) {
        if (indexBytes + INDEX_ENTRY_MAX > index.length) {
            index = Arrays.copyOf(index, index.length * 2);
        }
        index[indexBytes++] = (byte) type.code;
        indexBytes = Varint.put(index, indexBytes, storedLength);
        if (type == ChunkType.EVENTS) {
            indexBytes = Varint.put(index, indexBytes, events);
        }
        chunks++;
    }

    private int buildFrame(ChunkType type, byte[] content, int from, int length) {
        int header = TraceFormat.CHUNK_HEADER_BYTES;
        reserve(header + zstd.maxCompressedLength(length));
        int codec = TraceFormat.CODEC_STORED;
        int stored = length;
        if (compress && length >= COMPRESS_BYTES_MIN) {
            stored = zstd.compress(content, from, length, frame, header, frame.length - header);
            codec = TraceFormat.CODEC_ZSTD;
        }
        if (stored >= length) {
            System.arraycopy(content, from, frame, header, length);
            stored = length;
            codec = TraceFormat.CODEC_STORED;
        }
        frameView.clear();
        frameView.put(TraceFormat.CHUNK_MAGIC).put((byte) type.code).put((byte) codec);
        frameView.putShort((short) 0).putInt(stored).putInt(length).putLong(chunks);
        frameView.putInt(crc(frame, header, stored));
        frameView.putInt(crc(frame, 0, frameView.position()));
        return header + stored;
    }

    private void reserve(int bytes) {
        if (frame.length < bytes) {
            frame = new byte[bytes];
            frameView = view(frame);
        }
    }

    private int crc(byte[] bytes, int from, int length) {
        crc.reset();
        crc.update(bytes, from, length);
        return (int) crc.getValue();
    }

    private static ByteBuffer view(byte[] bytes) {
        return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }
}
