package dev.vls.machine.xenstore;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.vls.xen.abi.io.XenstoreDomainInterface;
import dev.vls.xen.abi.io.XenstoreLimits;
import dev.vls.xen.abi.io.XenstoreMessageType;
import dev.vls.xen.abi.io.XsdSockmsg;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Framing, flow control, and the ring page. */
class StoreConnectionTest {
    private static final ValueLayout.OfInt LE_INT =
            ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private final XenstoreServer server = new XenstoreServer(DomainLinks.NONE);
    private final XenstoreClient client = new XenstoreClient(server.connectToolstack());

    @BeforeEach
    void introduceTwoDomains() {
        for (int domid = 1; domid <= 2; domid++) {
            server.domainCreated(domid);
            client.introduce(domid, 1, 1);
            client.write("/local/domain/" + domid + "/data", "");
            client.setPermissions(
                    "/local/domain/" + domid + "/data",
                    List.of(new StorePermission(domid, StorePermission.READ)));
        }
    }

    private StoreConnection domain(int domid) {
        return Objects.requireNonNull(server.connectionOf(domid));
    }

    @Test
    void cuttingTheStreamDifferentlyChangesNothing() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        byte[] stream = {};
        for (int i = 0; i < 15; i++) {
            stream = join(stream, request(XenstoreMessageType.WRITE, "data/n" + i + "\0" + i));
        }
        byte[] whole = new byte[4096];
        domain(1).accept(stream, 0, stream.length);
        int length = domain(1).drain(whole, 0, whole.length);
        byte[] pieces = new byte[4096];
        int drained = 0;
        for (int at = 0; at < stream.length; ) {
            int piece = Math.min(stream.length - at, 1 + random.nextInt(20));
            at += domain(2).accept(stream, at, piece);
            drained += domain(2).drain(pieces, drained, random.nextInt(20));
        }
        drained += domain(2).drain(pieces, drained, 4096 - drained);
        assertEquals(length, drained, "seed " + seed);
        assertArrayEquals(whole, pieces, "seed " + seed);
    }

    @Test
    void payloadThatIsTooLongEndsTheConnection() {
        byte[] header = request(XenstoreMessageType.READ, "x\0");
        MemorySegment.ofArray(header).set(LE_INT, XsdSockmsg.LEN, 4097);
        int taken = domain(1).accept(header, 0, header.length);
        assertEquals(XsdSockmsg.SIZE, taken);
        assertEquals(XenstoreLimits.ERROR_PROTO, domain(1).error());
        assertEquals(0, domain(1).accept(header, 0, header.length));
        assertFalse(domain(1).hasOutput());
    }

    @Test
    void clientThatTakesNoAnswersIsNotHeardUntilItDoes() {
        byte[] request = request(XenstoreMessageType.READ, "data\0");
        int accepted = 0;
        while (domain(1).accept(request, 0, request.length) == request.length) {
            accepted++;
        }
        assertEquals(20, accepted);
        byte[] answer = new byte[XsdSockmsg.SIZE];
        domain(1).drain(answer, 0, answer.length);
        assertTrue(domain(1).wantsInput());
    }

    @Test
    void requestCountsUntilOthersHaveTakenItsEvents() {
        client.setPermissions(
                "/local/domain/1/data", List.of(new StorePermission(1, StorePermission.READ)));
        byte[] watch = request(XenstoreMessageType.WATCH, "/local/domain/1/data\0tok\0");
        domain(2).accept(watch, 0, watch.length);
        byte[] output = new byte[1 << 16];
        domain(2).drain(output, 0, output.length);
        for (int i = 0; i < 20; i++) {
            byte[] write = request(XenstoreMessageType.WRITE, "data/n" + i + "\0v");
            domain(1).accept(write, 0, write.length);
            domain(1).drain(output, 0, output.length);
        }
        assertFalse(domain(1).wantsInput());
        domain(2).drain(output, 0, output.length);
        assertTrue(domain(1).wantsInput());
        assertTrue(client.control("quota", "1").contains("outstanding     :        0"));
    }

    @Test
    void noBytesMakeItThrow() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        System.out.println("seed " + seed);
        new WireFuzz(server, random).run(20_000);
        XenstoreClient after = new XenstoreClient(server.connectToolstack());
        assertEquals("OK", after.control("check"), "seed " + seed);
    }

    @Test
    void ringCarriesRequestsAndAnswersRoundItsEdge() {
        MemorySegment page = MemorySegment.ofArray(new byte[4096]);
        StoreRing ring = new StoreRing(page, domain(1));
        ring.initialize();
        assertFalse(ring.pump());
        for (int i = 0; i < 100; i++) {
            byte[] request = request(XenstoreMessageType.WRITE, "data/ring\0value " + i);
            put(page, request);
            assertTrue(ring.pump());
            byte[] answer = take(page);
            assertEquals("OK\0", CText.of(answer, XsdSockmsg.SIZE, 3));
            assertEquals("value " + i, client.read("/local/domain/1/data/ring"));
        }
        assertEquals(0, page.get(LE_INT, XenstoreDomainInterface.ERROR));
    }

    @Test
    void answerLongerThanTheRingComesInParts() {
        String value = "v".repeat(1900);
        client.write("/local/domain/1/data/long", value);
        client.setPermissions(
                "/local/domain/1/data/long", List.of(new StorePermission(1, StorePermission.NONE)));
        MemorySegment page = MemorySegment.ofArray(new byte[4096]);
        StoreRing ring = new StoreRing(page, domain(1));
        put(page, request(XenstoreMessageType.READ, "data/long\0"));
        ring.pump();
        byte[] answer = take(page);
        ring.pump();
        answer = join(answer, take(page));
        assertEquals(value, CText.of(answer, XsdSockmsg.SIZE, answer.length - XsdSockmsg.SIZE));
    }

    @Test
    void indicesThatCannotBeEndTheConnection() {
        for (int field :
                new int[] {XenstoreDomainInterface.REQ_PROD, XenstoreDomainInterface.RSP_CONS}) {
            client.introduce(1, 1, 1);
            MemorySegment page = MemorySegment.ofArray(new byte[4096]);
            page.set(LE_INT, field, 5000);
            int domid = field == XenstoreDomainInterface.REQ_PROD ? 1 : 2;
            StoreConnection connection = domain(domid);
            if (domid == 2) {
                byte[] request = request(XenstoreMessageType.READ, "data\0");
                connection.accept(request, 0, request.length);
            }
            StoreRing ring = new StoreRing(page, connection);
            ring.pump();
            assertEquals(
                    XenstoreLimits.ERROR_RINGIDX, page.get(LE_INT, XenstoreDomainInterface.ERROR));
            assertEquals(XenstoreLimits.ERROR_RINGIDX, connection.error());
        }
    }

    private static void put(MemorySegment page, byte[] bytes) {
        int producer = page.get(LE_INT, XenstoreDomainInterface.REQ_PROD);
        for (byte b : bytes) {
            page.set(ValueLayout.JAVA_BYTE, producer++ & 1023, b);
        }
        page.set(LE_INT, XenstoreDomainInterface.REQ_PROD, producer);
    }

    private static byte[] take(MemorySegment page) {
        int consumer = page.get(LE_INT, XenstoreDomainInterface.RSP_CONS);
        int length = page.get(LE_INT, XenstoreDomainInterface.RSP_PROD) - consumer;
        byte[] bytes = new byte[length];
        for (int i = 0; i < length; i++) {
            bytes[i] =
                    page.get(
                            ValueLayout.JAVA_BYTE,
                            XenstoreDomainInterface.RSP + ((consumer + i) & 1023));
        }
        page.set(LE_INT, XenstoreDomainInterface.RSP_CONS, consumer + length);
        return bytes;
    }

    private static byte[] request(int type, String payload) {
        return StoreMessage.encode(type, 1, 0, payload);
    }

    private static byte[] join(byte[] first, byte[] second) {
        byte[] both = Arrays.copyOf(first, first.length + second.length);
        System.arraycopy(second, 0, both, first.length, second.length);
        return both;
    }
}
