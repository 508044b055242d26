package dev.vls.machine.host.net;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.vls.machine.device.net.FrameOffload;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * A TAP interface of this host, made for the test, and the kernel's own IPv4 behind it. Needs the
 * permission to make one, as root has; otherwise skipped.
 */
@Timeout(300)
class TapLinkTest {
    private static final String NAME = "vlstap" + ProcessHandle.current().pid() % 100_000_000;
    private static final int ARP = 0x0806;
    private static final int IPV4 = 0x0800;

    /** The host's and the guest's address, of the range for documentation (RFC 5737). */
    private static final byte[] HOST = {(byte) 203, 0, 113, 1};

    private static final byte[] GUEST = {(byte) 203, 0, 113, 2};
    private static final byte[] GUEST_MAC = {0, 0x16, 0x3e, 1, 2, 3};
    private static final byte[] ANY_MAC = {-1, -1, -1, -1, -1, -1};

    private final CollectingListener told = new CollectingListener();

    @BeforeEach
    void create() {
        assumeTrue(
                ip("tuntap", "add", "dev", NAME, "mode", "tap") == 0,
                "no permission to make a TAP interface");
        up();
    }

    private static void up() {
        assertEquals(0, ip("address", "add", "203.0.113.1/24", "dev", NAME));
        assertEquals(0, ip("link", "set", NAME, "up"));
    }

    @AfterEach
    void delete() {
        ip("link", "delete", NAME);
    }

    /** Runs the tool of that name; answers how it ended. */
    private static int ip(String... arguments) {
        try {
            Process process =
                    new ProcessBuilder("ip")
                            .redirectErrorStream(true)
                            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                            .command(concat(arguments))
                            .start();
            return process.waitFor();
        } catch (IOException e) {
            return -1;
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private static List<String> concat(String... arguments) {
        return Stream.concat(Stream.of("ip"), Stream.of(arguments)).toList();
    }

    private static void put(byte[] frame, int at, byte[] bytes) {
        System.arraycopy(bytes, 0, frame, at, bytes.length);
    }

    private static byte[] ethernet(int type, int length, byte[] to) {
        byte[] frame = new byte[length];
        put(frame, 0, to);
        put(frame, 6, GUEST_MAC);
        frame[12] = (byte) (type >> 8);
        frame[13] = (byte) type;
        return frame;
    }

    /** Who has the host's address? */
    private static byte[] arpRequest() {
        byte[] frame = ethernet(ARP, 42, ANY_MAC);
        put(frame, 14, new byte[] {0, 1, 8, 0, 6, 4, 0, 1});
        put(frame, 22, GUEST_MAC);
        put(frame, 28, GUEST);
        put(frame, 38, HOST);
        return frame;
    }

    /** The first frame that is an answer to us; the kernel says other things as well. */
    private byte[] answer(int type) throws InterruptedException {
        while (true) {
            byte[] frame = told.frame().bytes();
            if (isOurs(frame, type)) {
                return frame;
            }
        }
    }

    private static boolean isOurs(byte[] frame, int type) {
        return Arrays.equals(frame, 0, 6, GUEST_MAC, 0, 6)
                && (((frame[12] & 0xFF) << 8) | (frame[13] & 0xFF)) == type;
    }

    @Test
    void theKernelAnswersAndTheInterfaceMayComeAndGo() throws Exception {
        try (TapLink link = TapLink.open(NAME, "test")) {
            link.start(told);
            told.expectCarrier(true);
            for (int round = 0; round < 2; round++) {
                byte[] reply = askForHost(link);
                assertEquals(2, reply[21]);
                assertArrayEquals(HOST, Arrays.copyOfRange(reply, 28, 32));
                byte[] hostMac = Arrays.copyOfRange(reply, 6, 12);
                sendUdp(link, hostMac);
                assertEquals(0, ip("link", "delete", NAME));
                skipFramesUntilCarrierIsOff();
                assertTrue(told.remarked().contains("the interface is gone"));
                assertEquals(0, ip("tuntap", "add", "dev", NAME, "mode", "tap"));
                up();
                told.expectCarrier(true);
                assertTrue(told.remarked().contains("is back"));
            }
        }
    }

    /** Asks again and again: a host's interface takes a while until it sends. */
    private byte[] askForHost(TapLink link) throws InterruptedException {
        byte[] request = arpRequest();
        while (true) {
            link.send(request, 0, request.length, FrameOffload.NONE);
            Object next = told.nextWithinASecond();
            while (next != null) {
                if (next instanceof CollectingListener.Frame frame && isOurs(frame.bytes(), ARP)) {
                    return frame.bytes();
                }
                next = told.nextWithinASecond();
            }
        }
    }

    private void skipFramesUntilCarrierIsOff() throws InterruptedException {
        Object next = told.next();
        while (next instanceof CollectingListener.Frame) {
            next = told.next();
        }
        assertEquals(new CollectingListener.Carrier(false), next);
    }

    /** To a port where nobody listens, with a blank checksum: the kernel's complaint quotes it. */
    private void sendUdp(TapLink link, byte[] hostMac) throws InterruptedException {
        byte[] text = "to nobody".getBytes(StandardCharsets.US_ASCII);
        byte[] frame = ethernet(IPV4, 42 + text.length, hostMac);
        put(frame, 14, new byte[] {0x45, 0, 0, (byte) (28 + text.length), 0, 1, 0, 0, 64, 17});
        put(frame, 26, GUEST);
        put(frame, 30, HOST);
        int header = sum(frame, 14, 34, 0);
        put(frame, 24, new byte[] {(byte) (~header >> 8), (byte) ~header});
        put(frame, 34, new byte[] {9, 9, 9, 8, 0, (byte) (8 + text.length)});
        int pseudo = sum(frame, 26, 34, 17 + 8 + text.length);
        put(frame, 40, new byte[] {(byte) (pseudo >> 8), (byte) pseudo});
        put(frame, 42, text);
        link.send(frame, 0, frame.length, FrameOffload.BLANK);
        byte[] complaint = answer(IPV4);
        assertEquals(1, complaint[23], "ICMP");
        assertEquals(3, complaint[34], "destination unreachable");
        String quoted = new String(complaint, StandardCharsets.US_ASCII);
        assertTrue(quoted.endsWith("to nobody"), quoted);
    }

    private static int sum(byte[] bytes, int from, int to, int start) {
        int sum = start;
        for (int at = from; at < to; at += 2) {
            sum += (bytes[at] & 0xFF) * 256 + (bytes[at + 1] & 0xFF);
        }
        sum = sum % 65536 + sum / 65536;
        return sum % 65536 + sum / 65536;
    }

    @Test
    void whatCannotBeOpenedIsSaid() {
        try (TapLink link = TapLink.open(NAME, "test")) {
            link.start(told);
            assertRefused(NAME, "in use by another process");
        }
        assertRefused("lo", "is no TAP interface");
        assertRefused("vls-missing", "there is no such interface");
        assertRefused("../lo", "not the name of an interface");
    }

    private static void assertRefused(String name, String why) {
        LinkException refusal =
                assertThrows(LinkException.class, () -> TapLink.open(name, "test").close());
        String message = String.valueOf(refusal.getMessage());
        assertTrue(message.startsWith("tap " + name) && message.contains(why), message);
    }
}
