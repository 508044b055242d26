package dev.vls.machine.host.net;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HexFormat;

/**
 * The frame by which switches learn that an address is behind another port: a broadcast request of
 * RARP (RFC 903), which needs no IP address and which nobody answers. For guests that cannot tell
 * that they have moved.
 */
public final class Announcement {
    private static final int FRAME_BYTES_MIN = 60;
    private static final int MAC_BYTES = 6;
    private static final int IP_BYTES = 4;
    private static final short TYPE_RARP = (short) 0x8035;
    private static final short TYPE_IP = 0x0800;
    private static final short ETHERNET = 1;
    private static final short REQUEST_REVERSE = 3;

    private Announcement() {}

    /**
     * The frame for an address.
     *
     * @param mac six bytes in hexadecimal, with colons between them
     */
    public static byte[] of(String mac) {
        byte[] address = HexFormat.ofDelimiter(":").parseHex(mac);
        byte[] everybody = new byte[MAC_BYTES];
        Arrays.fill(everybody, (byte) 0xFF);
        ByteBuffer frame = ByteBuffer.allocate(FRAME_BYTES_MIN);
        frame.put(everybody).put(address).putShort(TYPE_RARP);
        frame.putShort(ETHERNET).putShort(TYPE_IP).put((byte) MAC_BYTES).put((byte) IP_BYTES);
        frame.putShort(REQUEST_REVERSE).put(address).putInt(0).put(address).putInt(0);
        return frame.array();
    }
}
