package dev.vls.machine.device.net;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * Builds and checks packets by the letter of RFC 791, 8200, 9293 and 768, one 16-bit word at a
 * time, with no code of the machine's.
 */
public final class TestPackets {
    private static final int ETHERNET = 14;

    private TestPackets() {}

    /** What a packet is to be. */
    public record Shape(boolean ipv4, boolean tcp, int ipOptionBytes, int tcpOptionBytes) {
        static Shape random(SplittableRandom random, boolean tcp) {
            return new Shape(
                    random.nextBoolean(), tcp, random.nextInt(6) * 4, random.nextInt(11) * 4);
        }

        int headerBytes() {
            int ip = ipv4 ? 20 + ipOptionBytes : 40 + (ipOptionBytes + 7) / 8 * 8;
            return ETHERNET + ip + (tcp ? 20 + tcpOptionBytes : 8);
        }
    }

    /** A packet with right lengths and checksums. */
    public static byte[] packet(Shape shape, byte[] payload, SplittableRandom random) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        byte[] addresses = new byte[12];
        random.nextBytes(addresses);
        out.writeBytes(addresses);
        int transportBytes = (shape.tcp ? 20 + shape.tcpOptionBytes : 8) + payload.length;
        int protocol = shape.tcp ? 6 : 17;
        if (shape.ipv4) {
            words(out, 0x0800);
            int header = 20 + shape.ipOptionBytes;
            out.write(0x40 | (header / 4));
            out.write(0);
            words(out, header + transportBytes, random.nextInt(65536), 0x4000);
            out.write(64);
            out.write(protocol);
            words(out, 0);
            randomBytes(out, 8 + shape.ipOptionBytes, random);
        } else {
            int extension = (shape.ipOptionBytes + 7) / 8 * 8;
            words(out, 0x86DD, 0x6000, 0, extension + transportBytes);
            // Destination options, if any.
            out.write(extension > 0 ? 60 : protocol);
            out.write(64);
            randomBytes(out, 32, random);
            if (extension > 0) {
                out.write(protocol);
                out.write(extension / 8 - 1);
                randomBytes(out, extension - 2, random);
            }
        }
        if (shape.tcp) {
            randomBytes(out, 12, random);
            out.write(((20 + shape.tcpOptionBytes) / 4) << 4);
            out.write(random.nextInt(256));
            randomBytes(out, 6 + shape.tcpOptionBytes, random);
        } else {
            randomBytes(out, 4, random);
            words(out, transportBytes, 0);
        }
        out.writeBytes(payload);
        byte[] frame = out.toByteArray();
        int transport = frame.length - transportBytes;
        if (shape.ipv4) {
            put(frame, ETHERNET + 10, 0);
            put(frame, ETHERNET + 10, ~sum(frame, ETHERNET, transport, 0));
        }
        int field = transport + (shape.tcp ? 16 : 6);
        put(frame, field, 0);
        int check = ~transportSum(frame, transport, protocol) & 0xFFFF;
        put(frame, field, check == 0 && !shape.tcp ? 0xFFFF : check);
        return frame;
    }

    /** Where the transport header of a packet made here, or cut from one, starts. */
    static int transport(byte[] frame) {
        if (frame[ETHERNET] >> 4 == 4) {
            return ETHERNET + (frame[ETHERNET] & 15) * 4;
        }
        boolean extended = frame[ETHERNET + 6] == 60;
        return ETHERNET + 40 + (extended ? ((frame[ETHERNET + 41] & 0xFF) + 1) * 8 : 0);
    }

    static int protocol(byte[] frame) {
        if (frame[ETHERNET] >> 4 == 4) {
            return frame[ETHERNET + 9];
        }
        return frame[ETHERNET + 6] == 60 ? frame[ETHERNET + 40] : frame[ETHERNET + 6];
    }

    /** Whether all lengths and checksums of a packet are right. */
    static boolean isRight(byte[] frame) {
        int transport = transport(frame);
        int packetBytes = frame.length - ETHERNET;
        boolean version4 = frame[ETHERNET] >> 4 == 4;
        boolean lengths =
                version4
                        ? get(frame, ETHERNET + 2) == packetBytes
                                && sum(frame, ETHERNET, transport, 0) == 0xFFFF
                        : get(frame, ETHERNET + 4) == packetBytes - 40;
        return lengths && transportSum(frame, transport, protocol(frame)) == 0xFFFF;
    }

    /** The frame as a guest sends it that leaves the checksum to others. */
    static byte[] blank(byte[] frame) {
        byte[] copy = frame.clone();
        int transport = transport(copy);
        int field = transport + (protocol(copy) == 6 ? 16 : 6);
        put(copy, field, pseudo(copy, transport, protocol(copy)));
        return copy;
    }

    private static int transportSum(byte[] frame, int transport, int protocol) {
        return sum(frame, transport, frame.length, pseudo(frame, transport, protocol));
    }

    private static int pseudo(byte[] frame, int transport, int protocol) {
        int start = protocol + (frame.length - transport);
        boolean version4 = frame[ETHERNET] >> 4 == 4;
        return version4
                ? sum(frame, ETHERNET + 12, ETHERNET + 20, start)
                : sum(frame, ETHERNET + 8, ETHERNET + 40, start);
    }

    private static int sum(byte[] frame, int from, int to, int start) {
        int sum = start;
        for (int at = from; at < to; at += 2) {
            int low = at + 1 < to ? frame[at + 1] & 0xFF : 0;
            sum += (frame[at] & 0xFF) * 256 + low;
            sum = sum % 65536 + sum / 65536;
        }
        return sum % 65536 + sum / 65536;
    }

    static int get(byte[] frame, int at) {
        return (frame[at] & 0xFF) * 256 + (frame[at + 1] & 0xFF);
    }

    private static void put(byte[] frame, int at, int value) {
        frame[at] = (byte) (value >> 8);
        frame[at + 1] = (byte) value;
    }

    private static void words(ByteArrayOutputStream out, int... values) {
        for (int value : values) {
            out.write(value >> 8);
            out.write(value);
        }
    }

    private static void randomBytes(ByteArrayOutputStream out, int count, SplittableRandom random) {
        byte[] bytes = new byte[count];
        random.nextBytes(bytes);
        out.writeBytes(bytes);
    }

    static byte[] part(byte[] bytes, int offset, int length) {
        return Arrays.copyOfRange(bytes, offset, offset + length);
    }
}
