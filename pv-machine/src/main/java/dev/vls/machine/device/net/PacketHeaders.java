package dev.vls.machine.device.net;

import static dev.vls.machine.device.net.InternetChecksum.word;

import java.util.Arrays;

/**
 * Where the headers of an Ethernet frame are that carries TCP or UDP. One object is used for many
 * frames, and its fields are those of the last {@link #parse}.
 */
public final class PacketHeaders {
    /** Bytes of an Ethernet header without VLAN tags. */
    public static final int ETHERNET_BYTES = 14;

    private static final int ETHERTYPE_AT = 12;
    private static final int ETHERTYPE_IPV4 = 0x0800;
    private static final int ETHERTYPE_IPV6 = 0x86DD;

    static final int IPV4_TOTAL_LENGTH = 2;
    static final int IPV4_IDENTIFICATION = 4;
    static final int IPV4_CHECKSUM = 10;
    private static final int IPV4_HEADER_MIN = 20;
    private static final int IPV4_FRAGMENT = 6;
    private static final int IPV4_PROTOCOL = 9;
    private static final int IPV4_ADDRESSES = 12;

    /** More fragments follow, or this one is not the first. */
    private static final int IPV4_FRAGMENT_MASK = 0x3FFF;

    static final int IPV6_PAYLOAD_LENGTH = 4;
    static final int IPV6_HEADER = 40;
    private static final int IPV6_NEXT_HEADER = 6;
    private static final int IPV6_ADDRESSES = 8;
    private static final int IPV6_HOP_BY_HOP = 0;
    private static final int IPV6_ROUTING = 43;
    private static final int IPV6_DESTINATION_OPTIONS = 60;

    static final int TCP = 6;
    static final int TCP_SEQUENCE = 4;
    static final int TCP_FLAGS = 13;
    private static final int TCP_HEADER_MIN = 20;
    private static final int TCP_DATA_OFFSET = 12;
    private static final int TCP_CHECKSUM = 16;

    static final int UDP = 17;
    private static final int UDP_HEADER = 8;
    private static final int UDP_CHECKSUM = 6;

    boolean ipv4;

    /** Offset of the IP header in the array. */
    int network;

    /** Offset of the TCP or UDP header in the array. */
    int transport;

    /** {@link #TCP} or {@link #UDP}. */
    int protocol;

    /** Offset of the payload in the array. */
    int payload;

    /** Where the IP packet ends; the frame may have padding behind it. */
    int end;

    /**
     * Looks at a frame.
     *
     * @return whether it is a whole TCP or UDP packet with sound lengths; VLAN tags are not looked
     *     behind
     */
    public boolean parse(byte[] frame, int offset, int length) {
        if (length < ETHERNET_BYTES) {
            return false;
        }
        network = offset + ETHERNET_BYTES;
        int limit = offset + length;
        return switch (word(frame, offset + ETHERTYPE_AT)) {
            case ETHERTYPE_IPV4 -> parseIpv4(frame, limit) && parseTransport(frame);
            case ETHERTYPE_IPV6 -> parseIpv6(frame, limit) && parseTransport(frame);
            default -> false;
        };
    }

    private boolean parseIpv4(byte[] frame, int limit) {
        if (limit - network < IPV4_HEADER_MIN || frame[network] >> 4 != 4) {
            return false;
        }
        int header = (frame[network] & 0xF) * 4;
        int total = word(frame, network + IPV4_TOTAL_LENGTH);
        if (header < IPV4_HEADER_MIN
                || total < header
                || total > limit - network
                || (word(frame, network + IPV4_FRAGMENT) & IPV4_FRAGMENT_MASK) != 0) {
            return false;
        }
        ipv4 = true;
        protocol = frame[network + IPV4_PROTOCOL] & 0xFF;
        transport = network + header;
        end = network + total;
        return true;
    }

    private boolean parseIpv6(byte[] frame, int limit) {
        if (limit - network < IPV6_HEADER || (frame[network] & 0xF0) >> 4 != 6) {
            return false;
        }
        end = network + IPV6_HEADER + word(frame, network + IPV6_PAYLOAD_LENGTH);
        if (end > limit) {
            return false;
        }
        ipv4 = false;
        protocol = frame[network + IPV6_NEXT_HEADER] & 0xFF;
        transport = network + IPV6_HEADER;
        while (protocol == IPV6_HOP_BY_HOP
                || protocol == IPV6_ROUTING
                || protocol == IPV6_DESTINATION_OPTIONS) {
            if (end - transport < 8) {
                return false;
            }
            protocol = frame[transport] & 0xFF;
            transport += ((frame[transport + 1] & 0xFF) + 1) * 8;
        }
        return true;
    }

    private boolean parseTransport(byte[] frame) {
        int room = end - transport;
        if (protocol == UDP) {
            payload = transport + UDP_HEADER;
            return room >= UDP_HEADER;
        }
        if (protocol != TCP || room < TCP_HEADER_MIN) {
            return false;
        }
        int header = (frame[transport + TCP_DATA_OFFSET] >>> 4 & 0xF) * 4;
        payload = transport + header;
        return header >= TCP_HEADER_MIN && header <= room;
    }

    /** Offset of the transport's checksum in the array. */
    public int checksum() {
        return transport + checksumOffset();
    }

    /** Offset of the transport header in the array. */
    public int transport() {
        return transport;
    }

    /** Offset of the transport's checksum in its header. */
    public int checksumOffset() {
        return protocol == TCP ? TCP_CHECKSUM : UDP_CHECKSUM;
    }

    /** Offset of the payload in the array. */
    public int payload() {
        return payload;
    }

    /** The sum that the transport's checksum covers beyond header and payload. */
    int pseudoHeaderSum(byte[] frame) {
        int addresses =
                ipv4
                        ? InternetChecksum.sum(frame, network + IPV4_ADDRESSES, 8)
                        : InternetChecksum.sum(frame, network + IPV6_ADDRESSES, 32);
        return InternetChecksum.fold(addresses + protocol + (end - transport));
    }

    /** Computes the transport's checksum and puts it into its field. */
    void completeChecksum(byte[] frame) {
        int field = checksum();
        InternetChecksum.setWord(frame, field, 0);
        int sum = pseudoHeaderSum(frame);
        sum += InternetChecksum.sum(frame, transport, end - transport);
        int value = ~InternetChecksum.fold(sum) & 0xFFFF;
        // Zero means that there is none.
        InternetChecksum.setWord(frame, field, value == 0 && protocol == UDP ? 0xFFFF : value);
    }

    /** Puts into the checksum's field what a blank one holds. */
    void blankChecksum(byte[] frame) {
        InternetChecksum.setWord(frame, checksum(), pseudoHeaderSum(frame));
    }

    /** Whether the transport's checksum is there and right. */
    boolean verifyChecksum(byte[] frame) {
        if (protocol == UDP && word(frame, checksum()) == 0) {
            return false;
        }
        int sum = pseudoHeaderSum(frame);
        sum += InternetChecksum.sum(frame, transport, end - transport);
        return InternetChecksum.fold(sum) == 0xFFFF;
    }

    /** Computes the checksum of the IPv4 header. */
    void completeHeaderChecksum(byte[] frame) {
        int field = network + IPV4_CHECKSUM;
        Arrays.fill(frame, field, field + 2, (byte) 0);
        int sum = InternetChecksum.sum(frame, network, transport - network);
        InternetChecksum.setWord(frame, field, ~sum & 0xFFFF);
    }
}
