package dev.vls.replay.wire;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

/** Numbers and limits of docs/spec/replication-protocol.md. Lengths are in bytes. */
public final class WireFormat {
    /** The newest version, and the oldest, that this side speaks. */
    public static final int VERSION = 1;

    public static final int VERSION_OLDEST = 1;

    /** Of what follows a frame's length. */
    public static final int FRAME_MAX = (4 << 20) + 128;

    public static final long FEATURE_ZSTD = 1;
    public static final long FEATURE_PAGE_REQUESTS = 1 << 1;
    public static final long FEATURE_DISKS = 1 << 2;

    public static final int PAGES_MAX = 256;
    public static final int REQUESTS_MAX = 64;
    public static final int STATE_MAX = 256 << 20;
    public static final int PIECE_MAX = 1 << 20;
    public static final int HEADER_MAX = 1 << 20;

    /** Of an Ethernet frame: an IPv4 packet of any length, with room for VLAN tags. */
    public static final int LATE_FRAME_MAX = (64 << 10) + 64;

    public static final long FRAMES_MAX = 1L << 30;

    /** Of a chunk of log before it was compressed. */
    public static final int LOG_MAX = 4 << 20;

    static final byte[] MAGIC = "\u0089VPR\r\n\u001a\n".getBytes(ISO_8859_1);
    static final int TEXT_MAX = 4096;
    static final int REASON_MAX = 1024;
    static final int DIGEST_MAX = 64;
    static final int SECTOR = 512;
    static final int CODEC_STORED = 0;
    static final int CODEC_ZSTD = 1;

    private WireFormat() {}
}
