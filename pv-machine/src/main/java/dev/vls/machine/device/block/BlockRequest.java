package dev.vls.machine.device.block;

import dev.vls.xen.abi.io.BlkifLimits;
import dev.vls.xen.abi.io.BlkifOp;
import dev.vls.xen.abi.io.BlkifRequest;
import dev.vls.xen.abi.io.BlkifRequestDiscard;
import dev.vls.xen.abi.io.BlkifRequestIndirect;
import dev.vls.xen.abi.io.BlkifRequestSegment;
import dev.vls.xen.abi.io.BlkifSring;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** A request as the frontend made it, copied out of the ring; used again for each. */
final class BlockRequest {
    /** MAX_INDIRECT_SEGMENTS of xen-blkback. */
    static final int SEGMENTS_MAX = 256;

    private static final int SECTORS_PER_PAGE = 8;
    private static final int SECTOR_SHIFT = 9;

    /** One entry of the ring. */
    final byte[] entry = new byte[BlkifSring.ENTRY_SIZE];

    private final ByteBuffer fields = ByteBuffer.wrap(entry).order(ByteOrder.LITTLE_ENDIAN);

    /** {@link BlkifOp}: what is asked; of an indirect request, what it is about. */
    int operation;

    boolean indirect;
    long id;
    long sector;

    /** Segments that the frontend claims, 0 to 65535. */
    int segments;

    /** DISCARD: sectors, any number. */
    long discardSectors;

    final int[] refs = new int[SEGMENTS_MAX];
    final int[] offsets = new int[SEGMENTS_MAX];
    final int[] lengths = new int[SEGMENTS_MAX];

    /** Bytes of all segments. */
    int bytes;

    /** Takes apart what {@link #entry} holds. */
    void decode() {
        int type = entry[BlkifRequest.OPERATION] & 0xFF;
        operation = type;
        indirect = type == BlkifOp.INDIRECT;
        // At the same place in all kinds of requests.
        id = fields.getLong(BlkifRequest.ID);
        sector = fields.getLong(BlkifRequest.SECTOR_NUMBER);
        segments = 0;
        bytes = 0;
        switch (type) {
            case BlkifOp.INDIRECT -> {
                operation = entry[BlkifRequestIndirect.INDIRECT_OP] & 0xFF;
                segments = fields.getShort(BlkifRequestIndirect.NR_SEGMENTS) & 0xFFFF;
            }
            case BlkifOp.DISCARD -> discardSectors = fields.getLong(BlkifRequestDiscard.NR_SECTORS);
            default -> segments = entry[BlkifRequest.NR_SEGMENTS] & 0xFF;
        }
    }

    /** Whether the number of segments is one that is served. */
    boolean hasServedCount(boolean mayBeEmpty) {
        int max = indirect ? SEGMENTS_MAX : BlkifLimits.MAX_SEGMENTS_PER_REQUEST;
        return segments <= max && (segments > 0 || (mayBeEmpty && !indirect));
    }

    /** The page with the segments of an indirect request: all that are served fit into one. */
    int indirectRef() {
        return fields.getInt(BlkifRequestIndirect.INDIRECT_GREFS);
    }

    /** Takes the segments of a request that has them in itself; answers whether they are sound. */
    boolean decodeSegments() {
        return decodeSegments(fields, BlkifRequest.SEG);
    }

    /** Takes the segments out of a copy of a page. */
    boolean decodeSegments(ByteBuffer from, int offset) {
        for (int i = 0; i < segments; i++) {
            int at = offset + i * BlkifRequestSegment.SIZE;
            int first = from.get(at + BlkifRequestSegment.FIRST_SECT) & 0xFF;
            int last = from.get(at + BlkifRequestSegment.LAST_SECT) & 0xFF;
            if (last >= SECTORS_PER_PAGE || last < first) {
                return false;
            }
            refs[i] = from.getInt(at + BlkifRequestSegment.GREF);
            offsets[i] = first << SECTOR_SHIFT;
            lengths[i] = (last - first + 1) << SECTOR_SHIFT;
            bytes += lengths[i];
        }
        return true;
    }

    /** Whether so many sectors from the request's first one on are within a disk. */
    boolean isWithin(long diskSectors, long count) {
        return count == 0
                || (count > 0
                        && sector >= 0
                        && count <= diskSectors
                        && sector <= diskSectors - count);
    }
}
