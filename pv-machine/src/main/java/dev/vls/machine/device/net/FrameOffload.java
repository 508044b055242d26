package dev.vls.machine.device.net;

import dev.vls.machine.state.StateFields;
import dev.vls.xen.abi.io.NetifGsoType;

/**
 * What the sender of a frame left to the next one, or did for it: checksum and segmentation
 * offload.
 *
 * @param checksum of the TCP or UDP payload
 * @param gsoType one of {@link NetifGsoType}; a frame to be segmented has a blank checksum
 * @param gsoSize most TCP payload bytes of a segment, 0 for a frame that is not to be segmented
 */
public record FrameOffload(Checksum checksum, int gsoType, int gsoSize) {
    /** State of a frame's TCP or UDP checksum. */
    public enum Checksum {
        /** To be verified by whom it concerns. */
        NONE,
        /** Known to be right. */
        VALIDATED,
        /** The field holds the sum of the pseudo header only. */
        BLANK
    }

    public static final FrameOffload NONE = new FrameOffload(Checksum.NONE, NetifGsoType.NONE, 0);
    public static final FrameOffload VALIDATED =
            new FrameOffload(Checksum.VALIDATED, NetifGsoType.NONE, 0);
    public static final FrameOffload BLANK = new FrameOffload(Checksum.BLANK, NetifGsoType.NONE, 0);

    public FrameOffload {
        boolean segmented = gsoType != NetifGsoType.NONE;
        if (segmented != (gsoSize > 0) || (segmented && checksum != Checksum.BLANK)) {
            throw new IllegalArgumentException(
                    "GSO type %d, size %d, checksum %s".formatted(gsoType, gsoSize, checksum));
        }
    }

    /** A frame that is to be cut into segments. */
    public static FrameOffload segments(int gsoType, int gsoSize) {
        return new FrameOffload(Checksum.BLANK, gsoType, gsoSize);
    }

    public boolean isSegmented() {
        return gsoSize > 0;
    }

    /** An offload as a field. */
    static FrameOffload state(StateFields s, FrameOffload offload) {
        Checksum checksum = s.constant("checksum", offload.checksum);
        int gsoType = s.int32("gsoType", offload.gsoType);
        int gsoSize = s.int32("gsoSize", offload.gsoSize, 0, 0xFFFF);
        try {
            return new FrameOffload(checksum, gsoType, gsoSize);
        } catch (IllegalArgumentException e) {
            throw s.refusal("offload", String.valueOf(e.getMessage()));
        }
    }
}
