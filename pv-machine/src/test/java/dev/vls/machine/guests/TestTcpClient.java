package dev.vls.machine.guests;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * The client's side of one TCP connection, by the letter of RFC 9293 and as plain as can be: what
 * is not acknowledged after a while is all sent again. In the time of a {@link TestWire}.
 */
final class TestTcpClient {
    private static final int GUEST_IP = 0x0A00_020F;
    private static final byte[] GUEST_MAC = {0x00, 0x16, 0x3E, 1, 2, 3};
    private static final byte[] MAC = {0x02, 0, 0, 0, 0, 2};

    private static final int IP = 0x0A00_0202;
    private static final int ETHERNET = 14;
    private static final int HEADERS = ETHERNET + 40;
    private static final int FIN = 1;
    private static final int SYN = 2;
    private static final int RST = 4;
    private static final int ACK = 16;
    private static final int MSS = 1460;
    private static final long AGAIN_NANOS = 300_000_000;

    private final int port;
    private final int guestPort;
    private final Consumer<byte[]> wire;
    private final ByteArrayOutputStream received = new ByteArrayOutputStream();
    private final TreeMap<Integer, byte[]> early = new TreeMap<>();
    private byte[] toSend = new byte[0];

    /** Of our stream: acknowledged, sent. The SYN is byte -1, the FIN the one behind the last. */
    private int acknowledged = -1;

    private int sent = -1;
    private final int initial;
    private int expected;
    private int peerWindow;
    private long sentNanos;
    private boolean open;
    private boolean closing;
    private boolean peerClosed;
    private boolean reset;

    /** What it offers the guest at most; 0 closes the window. */
    private int window = 65_535;

    /** Segments with data that the guest sent. */
    private int segments;

    TestTcpClient(int port, int guestPort, Consumer<byte[]> wire) {
        this.port = port;
        this.guestPort = guestPort;
        this.wire = wire;
        // Sequence numbers wrap soon.
        this.initial = -20 - port;
    }

    /** Whether a frame is TCP, and for the clients' address. */
    static boolean isForClients(byte[] frame) {
        return frame.length >= HEADERS
                && frame[12] == 8
                && frame[13] == 0
                && frame[23] == 6
                && ByteBuffer.wrap(frame).getInt(ETHERNET + 16) == IP;
    }

    boolean isOpen() {
        return open;
    }

    /** Both sides have closed, and know that the other has. */
    boolean isClosed() {
        return peerClosed && closing && acknowledged > toSend.length;
    }

    boolean isReset() {
        return reset;
    }

    int segments() {
        return segments;
    }

    byte[] received() {
        return received.toByteArray();
    }

    String text() {
        return received.toString(StandardCharsets.ISO_8859_1);
    }

    void connect(long now) {
        segment(-1, SYN, 0);
        sent = 0;
        sentNanos = now;
    }

    void send(String text, long now) {
        byte[] more = text.getBytes(StandardCharsets.ISO_8859_1);
        toSend = ByteBuffer.allocate(toSend.length + more.length).put(toSend).put(more).array();
        transmit(now);
    }

    void close(long now) {
        closing = true;
        transmit(now);
    }

    void setWindow(int bytes) {
        window = bytes;
        segment(sent, ACK, 0);
    }

    /** The guest's frame; this connection's. */
    void receive(byte[] frame, long now) {
        ByteBuffer segment = ByteBuffer.wrap(frame);
        int total = segment.getShort(ETHERNET + 2) & 0xFFFF;
        assertEquals(0xFFFF, sum(frame, ETHERNET, 20, 0), "checksum of the IP header");
        assertEquals(
                0xFFFF,
                sum(frame, ETHERNET + 20, total - 20, pseudo(IP, GUEST_IP, total - 20)),
                "checksum of TCP");
        int header = (frame[ETHERNET + 32] >> 4 & 15) * 4;
        int flags = frame[ETHERNET + 33];
        int sequence = segment.getInt(ETHERNET + 24);
        if ((flags & RST) != 0) {
            reset = true;
            return;
        }
        if ((flags & SYN) != 0) {
            if (!open) {
                open = true;
                expected = sequence + 1;
            }
            segment(sent, ACK, 0);
        }
        peerWindow = segment.getShort(ETHERNET + 34) & 0xFFFF;
        int ack = segment.getInt(ETHERNET + 28) - initial;
        if (ack > acknowledged) {
            acknowledged = ack;
            sent = Math.max(sent, ack);
        }
        int from = ETHERNET + 20 + header;
        byte[] data = new byte[ETHERNET + total - from];
        System.arraycopy(frame, from, data, 0, data.length);
        take(sequence, data, (flags & FIN) != 0);
        transmit(now);
    }

    private void take(int sequence, byte[] data, boolean fin) {
        if (data.length > 0) {
            segments++;
            early.put(sequence, data);
        }
        for (byte[] next = early.remove(expected); next != null; next = early.remove(expected)) {
            if (next.length > window) {
                break;
            }
            received.writeBytes(next);
            expected += next.length;
        }
        early.keySet().removeIf(at -> at - expected < 0);
        if (fin && sequence + data.length == expected && !peerClosed) {
            peerClosed = true;
            expected++;
        }
        if (data.length > 0 || fin) {
            segment(sent, ACK, 0);
        }
    }

    /** Something may be due. */
    void run(long now) {
        boolean all = acknowledged >= toSend.length + (closing ? 1 : 0);
        if (!reset && !all && now - sentNanos > AGAIN_NANOS) {
            if (acknowledged < 0) {
                connect(now);
                return;
            }
            sent = acknowledged;
            transmit(now);
        }
    }

    private void transmit(long now) {
        if (!open || reset) {
            return;
        }
        while (sent < toSend.length && sent - acknowledged < peerWindow) {
            int count = Math.min(MSS, toSend.length - sent);
            count = Math.min(count, peerWindow - (sent - acknowledged));
            segment(sent, ACK, count);
            sent += count;
            sentNanos = now;
        }
        if (closing && sent == toSend.length) {
            segment(sent, ACK | FIN, 0);
            sent++;
            sentNanos = now;
        }
    }

    private void segment(int at, int flags, int length) {
        boolean syn = (flags & SYN) != 0;
        int options = syn ? 4 : 0;
        ByteBuffer frame = ByteBuffer.allocate(HEADERS + options + length);
        frame.put(GUEST_MAC).put(MAC).putShort((short) 0x0800);
        frame.putShort((short) 0x4500).putShort((short) (40 + options + length)).putInt(0x4000);
        frame.putShort((short) 0x4006).putShort((short) 0).putInt(IP).putInt(GUEST_IP);
        frame.putShort((short) port).putShort((short) guestPort);
        frame.putInt(initial + at).putInt(syn ? 0 : expected);
        frame.put((byte) ((20 + options) << 2)).put((byte) flags).putShort((short) window);
        frame.putInt(0);
        if (syn) {
            frame.putInt(0x0204_0000 | MSS);
        }
        if (length > 0) {
            frame.put(toSend, at, length);
        }
        byte[] bytes = frame.array();
        frame.putShort(ETHERNET + 10, (short) ~sum(bytes, ETHERNET, 20, 0));
        int tcp = 20 + options + length;
        frame.putShort(
                ETHERNET + 36, (short) ~sum(bytes, ETHERNET + 20, tcp, pseudo(IP, GUEST_IP, tcp)));
        wire.accept(bytes);
    }

    private static int pseudo(int from, int to, int length) {
        return (from >>> 16) + (from & 0xFFFF) + (to >>> 16) + (to & 0xFFFF) + 6 + length;
    }

    /** The folded ones' complement sum. */
    static int sum(byte[] bytes, int offset, int length, int start) {
        int sum = start;
        for (int i = 0; i < length; i++) {
            sum += (bytes[offset + i] & 0xFF) << (i % 2 == 0 ? 8 : 0);
        }
        while (sum > 0xFFFF) {
            sum = (sum & 0xFFFF) + (sum >>> 16);
        }
        return sum;
    }
}
