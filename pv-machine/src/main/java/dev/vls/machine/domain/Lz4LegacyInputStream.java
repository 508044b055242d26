package dev.vls.machine.domain;

import io.airlift.compress.v3.lz4.Lz4JavaDecompressor;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;

/**
 * The format that {@code lz4 -l} writes and that Linux takes for its kernels: a magic number, then
 * blocks of at most 8 MiB, each after the 32-bit size of its compressed form ("Legacy frame" of the
 * LZ4 frame format's description).
 */
final class Lz4LegacyInputStream extends InputStream {
    private static final int MAGIC = 0x184C2102;
    private static final int BLOCK_BYTES_MAX = 8 << 20;

    /** What LZ4 can grow incompressible data to. */
    private static final int COMPRESSED_BYTES_MAX = BLOCK_BYTES_MAX + BLOCK_BYTES_MAX / 255 + 16;

    private final InputStream source;
    private final Lz4JavaDecompressor decompressor = new Lz4JavaDecompressor();
    private final byte[] block = new byte[BLOCK_BYTES_MAX];
    private int position;
    private int limit;
    private boolean started;

    Lz4LegacyInputStream(InputStream source) {
        this.source = source;
    }

    @Override
    public int read() throws IOException {
        return fill() ? block[position++] & 0xFF : -1;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        if (!fill()) {
            return -1;
        }
        int count = Math.min(length, limit - position);
        System.arraycopy(block, position, target, offset, count);
        position += count;
        return count;
    }

    /** Makes sure that there is something in the block; false at the end. */
    private boolean fill() throws IOException {
        if (!started) {
            if (littleEndianInt() != MAGIC) {
                throw new IOException("no LZ4 legacy frame");
            }
            started = true;
        }
        while (position == limit) {
            if (source.available() == 0) {
                return false;
            }
            int size = littleEndianInt();
            // Concatenated frames are allowed.
            if (size == MAGIC) {
                continue;
            }
            if (size <= 0 || size > COMPRESSED_BYTES_MAX) {
                throw new IOException("an LZ4 block of " + (size & 0xFFFF_FFFFL) + " bytes");
            }
            byte[] compressed = source.readNBytes(size);
            if (compressed.length < size) {
                throw new EOFException("ends within an LZ4 block");
            }
            limit = decompressor.decompress(compressed, 0, size, block, 0, block.length);
            position = 0;
        }
        return true;
    }

    private int littleEndianInt() throws IOException {
        byte[] b = source.readNBytes(4);
        if (b.length < 4) {
            throw new EOFException("ends within an LZ4 size");
        }
        return (b[0] & 0xFF) | ((b[1] & 0xFF) << 8) | ((b[2] & 0xFF) << 16) | (b[3] << 24);
    }
}
