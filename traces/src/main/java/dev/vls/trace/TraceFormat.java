package dev.vls.trace;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

/** Numbers and limits of docs/spec/trace-format.md. Lengths are in bytes. */
final class TraceFormat {
    static final int VERSION = 1;

    static final byte[] MAGIC = "\u0089VLS\r\n\u001a\n".getBytes(ISO_8859_1);
    static final byte[] CHUNK_MAGIC = "VCHK".getBytes(ISO_8859_1);
    static final byte[] TRAILER_MAGIC = "VLSEALED".getBytes(ISO_8859_1);

    static final int PREAMBLE_BYTES = 16;
    static final int CHUNK_HEADER_BYTES = 32;
    static final int TRAILER_BYTES = 24;

    static final int CODEC_STORED = 0;
    static final int CODEC_ZSTD = 1;

    static final int CHUNKS_MAX = 1 << 22;
    static final int VCPUS_MAX = 512;
    static final int BYTES_MAX = 1 << 20;
    static final int TEXT_MAX = 1 << 16;
    static final int NAME_MAX = 255;
    static final int DIGEST_MAX = 64;
    static final int VARINT_MAX = 10;
    static final int ATTACHMENTS_MAX = 1024;
    static final int SECTIONS_MAX = 1024;

    /** Kinds of events. */
    static final int CLOCK = 1;

    static final int CONSOLE_IN = 2;
    static final int NET_RX = 3;
    static final int BLOCK_DONE = 4;
    static final int CONTROL = 5;
    static final int LINK = 6;
    static final int END = 7;
    static final int DIGEST = 8;

    /** Offload of a frame: to be segmented. The lower ones are states of its checksum. */
    static final int OFFLOAD_SEGMENTS = 3;

    static final int GSO_TYPE_MAX = 0xff;
    static final int GSO_SIZE_MAX = 0xffff;

    /** In the upper half of a record's tag: the vCPU's number follows. */
    static final int VCPU_ESCAPE = 15;

    static final int SEALED_BY_RECORDER = 0;
    static final int SEALED_BY_REPAIR = 1;

    private TraceFormat() {}
}
