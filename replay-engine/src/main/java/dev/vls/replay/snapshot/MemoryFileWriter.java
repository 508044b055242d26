package dev.vls.replay.snapshot;

import io.airlift.compress.v3.zstd.ZstdCompressor;
import io.airlift.compress.v3.zstd.ZstdJavaCompressor;
import io.airlift.compress.v3.zstd.ZstdNativeCompressor;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.zip.CRC32C;

/** Writes a machine's memory, zeroes left out. */
final class MemoryFileWriter {
    private static final byte[] ZEROES = new byte[MemoryFormat.PAGE_BYTES];

    private final OutputStream out;
    private final ZstdCompressor zstd =
            ZstdNativeCompressor.isEnabled()
                    ? new ZstdNativeCompressor(1)
                    : new ZstdJavaCompressor();
    private final byte[] raw = new byte[MemoryFormat.RAW_MAX];
    private final ByteBuffer records = ByteBuffer.wrap(raw).order(ByteOrder.LITTLE_ENDIAN);
    private final byte[] stored = new byte[zstd.maxCompressedLength(MemoryFormat.RAW_MAX)];
    private long pages;

    MemoryFileWriter(OutputStream out, long frames) throws IOException {
        this.out = out;
        ByteBuffer preamble =
                ByteBuffer.allocate(MemoryFormat.PREAMBLE_BYTES).order(ByteOrder.LITTLE_ENDIAN);
        preamble.putLong(MemoryFormat.MAGIC).putInt(MemoryFormat.VERSION).putLong(frames);
        byte[] bytes = new byte[MemoryFormat.PREAMBLE_BYTES];
        preamble.get(0, bytes);
        preamble.putInt(checksum(bytes, MemoryFormat.PREAMBLE_BYTES - 4, bytes, 0));
        preamble.get(0, bytes);
        out.write(bytes);
    }

    private static int checksum(byte[] head, int headLength, byte[] bytes, int length) {
        CRC32C crc = new CRC32C();
        crc.update(head, 0, headLength);
        crc.update(bytes, 0, length);
        return (int) crc.getValue();
    }

    void page(long mfn, byte[] content) throws IOException {
        if (Arrays.equals(content, ZEROES)) {
            return;
        }
        records.putLong(mfn).put(content);
        pages++;
        if (!records.hasRemaining()) {
            flush();
        }
    }

    private void flush() throws IOException {
        int length = records.position();
        if (length > 0) {
            int size = zstd.compress(raw, 0, length, stored, 0, stored.length);
            chunk(stored, size, length);
            records.clear();
        }
    }

    private void chunk(byte[] bytes, int length, int rawLength) throws IOException {
        ByteBuffer head =
                ByteBuffer.allocate(MemoryFormat.CHUNK_BYTES).order(ByteOrder.LITTLE_ENDIAN);
        head.putInt(length).putInt(rawLength);
        byte[] headBytes = new byte[MemoryFormat.CHUNK_BYTES];
        head.get(0, headBytes);
        head.putInt(checksum(headBytes, MemoryFormat.CHUNK_BYTES - 4, bytes, length));
        head.get(0, headBytes);
        out.write(headBytes);
        out.write(bytes, 0, length);
    }

    /** Pages that were not zero. */
    long end() throws IOException {
        flush();
        ByteBuffer count = ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        byte[] bytes = new byte[Long.BYTES];
        count.putLong(pages).get(0, bytes);
        chunk(bytes, bytes.length, 0);
        return pages;
    }
}
