package dev.vls.replay.wire;

import io.airlift.compress.v3.MalformedInputException;
import io.airlift.compress.v3.zstd.ZstdCompressor;
import io.airlift.compress.v3.zstd.ZstdDecompressor;
import io.airlift.compress.v3.zstd.ZstdJavaCompressor;
import io.airlift.compress.v3.zstd.ZstdJavaDecompressor;
import io.airlift.compress.v3.zstd.ZstdNativeCompressor;
import io.airlift.compress.v3.zstd.ZstdNativeDecompressor;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.Arrays;

/** Compresses what is worth it, and back. For one thread; keeps its buffers. */
public final class Packer {
    /** The fastest level. */
    private static final int LEVEL = 1;

    /** Shorter content hardly becomes shorter, and somebody waits for it. */
    private static final int BYTES_MIN = 512;

    private final boolean compress;
    private final ZstdCompressor compressor =
            ZstdNativeCompressor.isEnabled()
                    ? new ZstdNativeCompressor(LEVEL)
                    : new ZstdJavaCompressor();
    private final ZstdDecompressor decompressor =
            ZstdNativeDecompressor.isEnabled()
                    ? new ZstdNativeDecompressor()
                    : new ZstdJavaDecompressor();
    private byte[] buffer = new byte[0];
    private ByteBuffer direct = ByteBuffer.allocateDirect(0);

    /**
     * @param compress whether the peer understands what is compressed
     */
    public Packer(boolean compress) {
        this.compress = compress;
    }

    /** The content as it is to travel. */
    public Packed pack(byte[] content, int from, int length) {
        if (compress && length >= BYTES_MIN) {
            int most = compressor.maxCompressedLength(length);
            if (buffer.length < most) {
                buffer = new byte[most];
            }
            int packed = compressor.compress(content, from, length, buffer, 0, buffer.length);
            // What is barely shorter costs the other side more than it saves the wire.
            if (packed < length - length / 8) {
                return new Packed(true, length, Arrays.copyOf(buffer, packed));
            }
        }
        return new Packed(false, length, Arrays.copyOfRange(content, from, from + length));
    }

    /**
     * Compresses from one direct buffer into another.
     *
     * @param content from its position to its limit, which are left as they are
     * @param into cleared, and filled up to its new limit; there is room for {@link #mostOf}
     * @return whether it was worth it; if not the content may as well travel as it is
     */
    public boolean pack(ByteBuffer content, ByteBuffer into) {
        into.clear();
        if (!compress || content.remaining() < BYTES_MIN) {
            return false;
        }
        int packed =
                compressor.compress(MemorySegment.ofBuffer(content), MemorySegment.ofBuffer(into));
        into.limit(packed);
        return packed < content.remaining() - content.remaining() / 8;
    }

    /** The room that compressing takes, whatever comes of it. */
    public int mostOf(int length) {
        return compressor.maxCompressedLength(length);
    }

    /**
     * The content that was packed, in a buffer that is used again the next time.
     *
     * @throws WireException if it is not of its length
     */
    public ByteBuffer unpack(Lent packed) {
        if (!packed.zstd()) {
            return packed.bytes().slice();
        }
        if (direct.capacity() < packed.rawLength()) {
            direct = ByteBuffer.allocateDirect(packed.rawLength());
        }
        direct.clear().limit(packed.rawLength());
        try {
            int length =
                    decompressor.decompress(
                            MemorySegment.ofBuffer(packed.bytes()), MemorySegment.ofBuffer(direct));
            if (length != packed.rawLength()) {
                throw new WireException("compressed content of another length than it says");
            }
        } catch (MalformedInputException | IllegalArgumentException e) {
            throw new WireException("compressed content that is none: " + e.getMessage());
        }
        return direct.slice();
    }

    /**
     * The content that was packed.
     *
     * @throws WireException if it is not of its length
     */
    public byte[] unpack(Packed packed) {
        if (!packed.zstd()) {
            return packed.bytes();
        }
        byte[] raw = new byte[packed.rawLength()];
        try {
            int length =
                    decompressor.decompress(
                            packed.bytes(), 0, packed.bytes().length, raw, 0, raw.length);
            if (length != raw.length) {
                throw new WireException("compressed content of another length than it says");
            }
        } catch (MalformedInputException | IllegalArgumentException e) {
            throw new WireException("compressed content that is none: " + e.getMessage());
        }
        return raw;
    }
}
