package dev.vls.control.demo;

import dev.vls.control.load.Timeline;
import dev.vls.machine.device.net.FrameOffload;
import dev.vls.machine.host.net.LinkListener;
import dev.vls.machine.host.net.NetworkLink;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * A client on an Ethernet with a guest: asks its UDP echo (RFC 862) at a steady rate. Speaks just
 * enough of ARP (RFC 826), IPv4 and UDP for that, as one port of a switch, so that nothing of the
 * host's own network is needed.
 */
final class EchoClient implements NetworkLink {
    private static final long PERIOD_NANOS = TimeUnit.MILLISECONDS.toNanos(2);
    private static final byte[] OWN_MAC = {2, 0, 0, 0, 0, 1};
    private static final byte[] OWN_IP = {10, 0, 2, 2};
    private static final byte[] GUEST_IP = {10, 0, 2, 15};
    private static final int MAC_BYTES = 6;
    private static final int ETHERNET_BYTES = 14;
    private static final int ARP_BYTES = 28;
    private static final int IP_BYTES = 20;
    private static final int UDP_BYTES = 8;
    private static final int PAYLOAD_AT = ETHERNET_BYTES + IP_BYTES + UDP_BYTES;
    private static final short TYPE_ARP = 0x0806;
    private static final short TYPE_IP = 0x0800;
    private static final byte PROTOCOL_UDP = 17;
    private static final short ECHO_PORT = 7;
    private static final short OWN_PORT = 5000;

    private final Timeline echoes;
    private volatile byte @Nullable [] guestMac;
    private volatile boolean closed;
    private final AtomicLong sent = new AtomicLong();
    private final AtomicLong answered = new AtomicLong();

    /** The number of the last echo. */
    private long last;

    EchoClient(Timeline echoes) {
        this.echoes = echoes;
    }

    /** Requests so far. */
    long sent() {
        return sent.get();
    }

    /** Of them those that came back, each counted once. */
    long answered() {
        return answered.get();
    }

    @Override
    public void start(LinkListener listener) {
        listener.carrier(true);
        Thread.ofPlatform().daemon().name("demo-echo").start(() -> ask(listener));
    }

    private void ask(LinkListener listener) {
        for (long next = System.nanoTime(); !closed; next += PERIOD_NANOS) {
            for (long left = next - System.nanoTime(); left > 0; left = next - System.nanoTime()) {
                LockSupport.parkNanos(left);
            }
            byte[] to = guestMac;
            if (to == null) {
                listener.received(whoIsTheGuest(), FrameOffload.NONE);
                next += 50 * PERIOD_NANOS;
            } else {
                listener.received(request(to, sent.incrementAndGet()), FrameOffload.NONE);
            }
        }
    }

    private static byte[] whoIsTheGuest() {
        ByteBuffer frame = ByteBuffer.allocate(ETHERNET_BYTES + ARP_BYTES);
        byte[] everybody = new byte[MAC_BYTES];
        Arrays.fill(everybody, (byte) 0xFF);
        frame.put(everybody).put(OWN_MAC).putShort(TYPE_ARP);
        frame.putShort((short) 1).putShort(TYPE_IP).put((byte) MAC_BYTES).put((byte) 4);
        frame.putShort((short) 1).put(OWN_MAC).put(OWN_IP).put(new byte[MAC_BYTES]).put(GUEST_IP);
        return frame.array();
    }

    private static byte[] request(byte[] to, long number) {
        ByteBuffer frame = ByteBuffer.allocate(PAYLOAD_AT + Long.BYTES);
        frame.put(to).put(OWN_MAC).putShort(TYPE_IP);
        int length = IP_BYTES + UDP_BYTES + Long.BYTES;
        frame.putShort((short) 0x4500).putShort((short) length).putInt(0);
        frame.put((byte) 64).put(PROTOCOL_UDP).putShort((short) 0).put(OWN_IP).put(GUEST_IP);
        frame.putShort(ETHERNET_BYTES + 10, checksum(frame.array()));
        // A UDP checksum of 0: none.
        frame.putShort(OWN_PORT).putShort(ECHO_PORT);
        frame.putShort((short) (UDP_BYTES + Long.BYTES)).putShort((short) 0);
        return frame.putLong(number).array();
    }

    /** Of the IP header: the ones' complement of the ones' complement sum of its words. */
    private static short checksum(byte[] frame) {
        int sum = 0;
        ByteBuffer header = ByteBuffer.wrap(frame, ETHERNET_BYTES, IP_BYTES);
        while (header.hasRemaining()) {
            sum += header.getShort() & 0xFFFF;
        }
        while (sum > 0xFFFF) {
            sum = (sum & 0xFFFF) + (sum >>> 16);
        }
        return (short) ~sum;
    }

    @Override
    public boolean takesOffloads() {
        return false;
    }

    /** A frame for this client. */
    @Override
    public void send(byte[] bytes, int offset, int length, FrameOffload offload) {
        ByteBuffer frame = ByteBuffer.wrap(bytes, offset, length).slice();
        if (length < ETHERNET_BYTES + ARP_BYTES) {
            return;
        }
        if (frame.getShort(12) == TYPE_ARP) {
            byte[] sender = new byte[MAC_BYTES];
            frame.get(MAC_BYTES, sender);
            guestMac = sender;
        } else if (length >= PAYLOAD_AT + Long.BYTES
                && frame.getShort(12) == TYPE_IP
                && frame.get(ETHERNET_BYTES + 9) == PROTOCOL_UDP
                && frame.getShort(PAYLOAD_AT - UDP_BYTES) == ECHO_PORT) {
            long number = frame.getLong(PAYLOAD_AT);
            if (number > last) {
                last = number;
                answered.incrementAndGet();
                echoes.add(System.nanoTime(), 1);
            }
        }
    }

    @Override
    public void close() {
        closed = true;
    }
}
