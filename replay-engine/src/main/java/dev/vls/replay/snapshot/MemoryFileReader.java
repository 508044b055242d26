package dev.vls.replay.snapshot;

import dev.vls.machine.memory.MachineMemory;
import io.airlift.compress.v3.zstd.ZstdJavaDecompressor;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.CRC32C;

/** Reads a machine's memory from a file of which no byte is trusted. */
public final class MemoryFileReader {
    private final String name;
    private final InputStream in;
    private final ZstdJavaDecompressor zstd = new ZstdJavaDecompressor();
    private final byte[] raw = new byte[MemoryFormat.RAW_MAX];
    private final ByteBuffer records = ByteBuffer.wrap(raw).order(ByteOrder.LITTLE_ENDIAN);
    private long offset;
    private long pages;

    /**
     * @param name of the file, for errors
     */
    public MemoryFileReader(String name, InputStream in) {
        this.name = name;
        this.in = in;
    }

    /**
     * Fills memory.
     *
     * @param memory all zero
     * @throws SnapshotException if the file is damaged, ends early, or is another machine's
     */
    public void fill(MachineMemory memory) {
        try {
            preamble(memory.frames());
            while (chunk(memory)) {
                // The next one follows.
            }
            if (in.read() >= 0) {
                throw damaged("it goes on behind its end");
            }
        } catch (EOFException e) {
            throw new SnapshotException(
                    "%s: ends at byte %d, before its end".formatted(name, offset), e);
        } catch (IOException e) {
            throw new SnapshotException("%s: cannot be read (%s)".formatted(name, e), e);
        }
    }

    private byte[] read(int length) throws IOException {
        byte[] bytes = in.readNBytes(length);
        if (bytes.length < length) {
            throw new EOFException();
        }
        offset += length;
        return bytes;
    }

    private SnapshotException damaged(String how) {
        return new SnapshotException("%s: damaged before byte %d: %s".formatted(name, offset, how));
    }

    private static ByteBuffer littleEndian(byte[] bytes) {
        return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    private static int checksum(byte[] head, int headLength, byte[] bytes) {
        CRC32C crc = new CRC32C();
        crc.update(head, 0, headLength);
        crc.update(bytes);
        return (int) crc.getValue();
    }

    private void preamble(long frames) throws IOException {
        byte[] bytes = read(MemoryFormat.PREAMBLE_BYTES);
        ByteBuffer fields = littleEndian(bytes);
        if (fields.getLong(0) != MemoryFormat.MAGIC) {
            throw new SnapshotException(name + ": is no memory of a snapshot");
        }
        int version = fields.getInt(8);
        if (version != MemoryFormat.VERSION) {
            throw new SnapshotException(
                    "%s: is of version %s; this vls reads version %d"
                            .formatted(
                                    name, Integer.toUnsignedString(version), MemoryFormat.VERSION));
        }
        int length = MemoryFormat.PREAMBLE_BYTES - 4;
        if (fields.getInt(length) != checksum(bytes, length, new byte[0])) {
            throw damaged("its first bytes");
        }
        if (fields.getLong(12) != frames) {
            throw new SnapshotException(
                    "%s: has %s frames, the machine %d"
                            .formatted(name, Long.toUnsignedString(fields.getLong(12)), frames));
        }
    }

    private boolean chunk(MachineMemory memory) throws IOException {
        byte[] head = read(MemoryFormat.CHUNK_BYTES);
        ByteBuffer fields = littleEndian(head);
        int length = fields.getInt(0);
        int rawLength = fields.getInt(4);
        if (length < 1
                || length > MemoryFormat.RAW_MAX + (MemoryFormat.RAW_MAX >> 4)
                || rawLength < 0
                || rawLength > MemoryFormat.RAW_MAX
                || rawLength % MemoryFormat.RECORD_BYTES != 0) {
            throw damaged("lengths that no chunk has");
        }
        byte[] stored = read(length);
        if (fields.getInt(8) != checksum(head, 8, stored)) {
            throw damaged("a wrong checksum");
        }
        if (rawLength == 0) {
            if (length != Long.BYTES || littleEndian(stored).getLong() != pages) {
                throw damaged("another number of pages");
            }
            return false;
        }
        unpack(stored, rawLength);
        for (int at = 0; at < rawLength; at += MemoryFormat.RECORD_BYTES) {
            long mfn = records.getLong(at);
            if (mfn < 0 || mfn >= memory.frames()) {
                throw damaged("a frame that the machine has not");
            }
            memory.write(
                    mfn << MachineMemory.PAGE_SHIFT, raw, at + Long.BYTES, MemoryFormat.PAGE_BYTES);
            pages++;
        }
        return true;
    }

    private void unpack(byte[] stored, int rawLength) {
        int length;
        try {
            length = zstd.decompress(stored, 0, stored.length, raw, 0, raw.length);
        } catch (RuntimeException e) {
            // Not only what it documents: malformed frames make it leave its tables, too.
            throw damaged("it cannot be unpacked");
        }
        if (length != rawLength) {
            throw damaged("another length than it says");
        }
    }
}
