package dev.vls.machine.domain;

import io.airlift.compress.v3.zstd.ZstdJavaDecompressor;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Decompresses one Zstandard frame (RFC 8878) as Linux's build makes it: {@code zstd -22 --ultra}
 * from a pipe, whose window of 128 MiB is beyond what the library allows. The window matters to
 * decoders that keep no more than it; here all of the output is at hand, so the frame is given a
 * window that the library takes.
 */
final class ZstdFrame {
    private static final int DESCRIPTOR_OFFSET = 4;
    private static final int WINDOW_OFFSET = 5;
    private static final int SINGLE_SEGMENT = 1 << 5;

    /** Window descriptor of 8 MiB: 10 + 13 bits, no mantissa. */
    private static final int WINDOW_8_MIB = 13 << 3;

    /** Real kernels are far from it; what a file says of itself is believed up to this. */
    private static final int PLAUSIBLE_RATIO = 64;

    private ZstdFrame() {}

    /**
     * Decompresses a frame.
     *
     * @param claimed bytes that it has, as the file says
     * @throws IOException if it has not as many
     * @throws RuntimeException if it is damaged
     */
    static MemorySegment unpack(ImageBytes packed, long claimed, Arena arena) throws IOException {
        if (claimed > packed.size() * PLAUSIBLE_RATIO) {
            throw new IOException("%d bytes from %d".formatted(claimed, packed.size()));
        }
        MemorySegment frame = arena.allocate(packed.size());
        frame.copyFrom(packed.segment());
        if ((packed.unsignedByte(DESCRIPTOR_OFFSET) & SINGLE_SEGMENT) == 0
                && packed.unsignedByte(WINDOW_OFFSET) > WINDOW_8_MIB) {
            frame.set(ValueLayout.JAVA_BYTE, WINDOW_OFFSET, (byte) WINDOW_8_MIB);
        }
        MemorySegment result = arena.allocate(Math.max(claimed, 1));
        int count = new ZstdJavaDecompressor().decompress(frame, result);
        if (count != claimed) {
            throw new IOException("%d bytes instead of %d".formatted(count, claimed));
        }
        return result.asSlice(0, count);
    }
}
