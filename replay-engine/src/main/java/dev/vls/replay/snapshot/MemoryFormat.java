package dev.vls.replay.snapshot;

/** Numbers of the memory file; docs/spec/snapshot-files.md. */
final class MemoryFormat {
    static final long MAGIC = 0x0A1A_0A0D_4E49_4289L;
    static final int VERSION = 1;

    /** Magic, version, frames, checksum. */
    static final int PREAMBLE_BYTES = 24;

    /** Stored length, raw length, checksum. */
    static final int CHUNK_BYTES = 12;

    static final int PAGE_BYTES = 4096;
    static final int RECORD_BYTES = Long.BYTES + PAGE_BYTES;
    static final int RECORDS_PER_CHUNK = 256;
    static final int RAW_MAX = RECORDS_PER_CHUNK * RECORD_BYTES;

    private MemoryFormat() {}
}
