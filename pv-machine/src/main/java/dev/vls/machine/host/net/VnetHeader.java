package dev.vls.machine.host.net;

import dev.vls.machine.device.net.FrameOffload;
import dev.vls.machine.device.net.FrameOffload.Checksum;
import dev.vls.machine.device.net.PacketHeaders;
import dev.vls.xen.abi.io.NetifGsoType;
import org.jspecify.annotations.Nullable;

/**
 * The header that a TAP interface with {@code IFF_VNET_HDR} has before each frame, {@code struct
 * virtio_net_hdr} in little-endian order (Linux, {@code include/uapi/linux/virtio_net.h}).
 */
final class VnetHeader {
    static final int BYTES = 10;

    private static final int FLAGS = 0;
    private static final int GSO_TYPE = 1;
    private static final int HEADER_LENGTH = 2;
    private static final int GSO_SIZE = 4;
    private static final int CHECKSUM_START = 6;
    private static final int CHECKSUM_OFFSET = 8;

    private static final int FLAG_NEEDS_CHECKSUM = 1;
    private static final int FLAG_DATA_VALID = 2;
    private static final int GSO_NONE = 0;
    private static final int GSO_TCPV4 = 1;
    private static final int GSO_TCPV6 = 4;
    private static final int UNKNOWN = -1;

    private final PacketHeaders headers = new PacketHeaders();

    /**
     * Fills the header of a frame.
     *
     * @param header all of it is written
     * @return false if the frame is not what its offload says
     */
    boolean write(byte[] header, byte[] bytes, int offset, int length, FrameOffload offload) {
        boolean blank = offload.checksum() == Checksum.BLANK;
        if (blank && !headers.parse(bytes, offset, length)) {
            return false;
        }
        header[FLAGS] =
                (byte)
                        switch (offload.checksum()) {
                            case NONE -> 0;
                            case VALIDATED -> FLAG_DATA_VALID;
                            case BLANK -> FLAG_NEEDS_CHECKSUM;
                        };
        header[GSO_TYPE] =
                (byte)
                        switch (offload.gsoType()) {
                            case NetifGsoType.TCPV4 -> GSO_TCPV4;
                            case NetifGsoType.TCPV6 -> GSO_TCPV6;
                            default -> GSO_NONE;
                        };
        setShort(header, HEADER_LENGTH, blank ? headers.payload() - offset : 0);
        setShort(header, GSO_SIZE, offload.gsoSize());
        setShort(header, CHECKSUM_START, blank ? headers.transport() - offset : 0);
        setShort(header, CHECKSUM_OFFSET, blank ? headers.checksumOffset() : 0);
        return true;
    }

    /**
     * What a header says of its frame.
     *
     * @return null if the machine does not know it; nothing was asked for that would lead there
     */
    static @Nullable FrameOffload read(byte[] header) {
        boolean blank = (header[FLAGS] & FLAG_NEEDS_CHECKSUM) != 0;
        boolean valid = (header[FLAGS] & FLAG_DATA_VALID) != 0;
        int gsoSize = (header[GSO_SIZE] & 0xFF) | ((header[GSO_SIZE + 1] & 0xFF) << 8);
        int gsoType =
                switch (header[GSO_TYPE]) {
                    case GSO_NONE -> NetifGsoType.NONE;
                    case GSO_TCPV4 -> NetifGsoType.TCPV4;
                    case GSO_TCPV6 -> NetifGsoType.TCPV6;
                    default -> UNKNOWN;
                };
        if (gsoType == NetifGsoType.NONE) {
            return blank ? FrameOffload.BLANK : valid ? FrameOffload.VALIDATED : FrameOffload.NONE;
        }
        boolean sound = gsoType != UNKNOWN && blank && gsoSize > 0;
        return sound ? FrameOffload.segments(gsoType, gsoSize) : null;
    }

    private static void setShort(byte[] header, int at, int value) {
        header[at] = (byte) value;
        header[at + 1] = (byte) (value >>> 8);
    }
}
