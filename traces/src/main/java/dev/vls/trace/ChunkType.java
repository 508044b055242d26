package dev.vls.trace;

import org.jspecify.annotations.Nullable;

/** What is in a chunk. */
public enum ChunkType {
    HEADER(1, 1 << 20),
    EVENTS(2, 4 << 20),
    ATTACHMENT(3, 4 << 20),
    SECTION(4, 4 << 20),
    CHECKPOINT(5, 1 << 20),
    INDEX(6, 64 << 20);

    private static final ChunkType[] BY_CODE = {
        null, HEADER, EVENTS, ATTACHMENT, SECTION, CHECKPOINT, INDEX
    };

    final int code;

    /** Most bytes of content, after decompression. */
    final int bytesMax;

    ChunkType(int code, int bytesMax) {
        this.code = code;
        this.bytesMax = bytesMax;
    }

    static @Nullable ChunkType byCode(int code) {
        return code < BY_CODE.length ? BY_CODE[code] : null;
    }
}
