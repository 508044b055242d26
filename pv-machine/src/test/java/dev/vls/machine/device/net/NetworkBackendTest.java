package dev.vls.machine.device.net;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.vls.machine.device.DeviceMachine;
import dev.vls.machine.device.net.TestNetfront.Received;
import dev.vls.machine.device.net.TestNetfront.Wire;
import dev.vls.machine.frames.FrameAudit;
import dev.vls.machine.hypervisor.HypervisorLog;
import dev.vls.machine.xenstore.DomainDescription;
import dev.vls.xen.abi.io.NetifGsoType;
import dev.vls.xen.abi.io.XenbusState;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** An interface from the guest's driver to the wire: store, event channels and rings. */
class NetworkBackendTest {
    private static final String BACK = "/local/domain/0/backend/vif/1/0";
    private static final String FRONT = "/local/domain/1/device/vif/0";
    private static final long REACTION = 20_000;

    private static final class Outside implements NetworkPort {
        final Wire wire = new Wire();
        int taken;

        @Override
        public void networkFrame(
                int device, byte[] bytes, int offset, int length, FrameOffload offload) {
            wire.frame(bytes, offset, length, offload);
        }

        @Override
        public void networkTaken(int device, int bytes) {
            taken += bytes;
        }
    }

    private static final class Lines implements HypervisorLog {
        final List<String> lines = new ArrayList<>();

        @Override
        public boolean verbose() {
            return false;
        }

        @Override
        public void line(String text) {
            lines.add(text);
        }
    }

    private final Outside outside = new Outside();
    private final Lines log = new Lines();
    private final DeviceMachine guest =
            new DeviceMachine(TestNetfront.MACHINE_PAGES, List.of(), List.of(interfaceWith(false)));
    private final TestNetfront front = new TestNetfront(guest.machine);
    private NetworkBackend backend =
            new NetworkBackend(guest.home, interfaceWith(false), outside, log);
    private int port;
    private int receivePort;

    @BeforeEach
    void start() {
        backend.start();
        guest.store.serve();
    }

    private static DomainDescription.Interface interfaceWith(boolean offloads) {
        return new DomainDescription.Interface(0, "00:16:3e:00:00:01", "tap0", offloads);
    }

    @AfterEach
    void close() {
        guest.write(FRONT + "/state", Integer.toString(XenbusState.CLOSED));
        FrameAudit.check(guest.machine);
        guest.close();
    }

    private void write(String name, int value) {
        guest.write(FRONT + "/" + name, Integer.toString(value));
    }

    private int state() {
        return Integer.parseInt(String.valueOf(guest.toolstack().read(BACK + "/state")));
    }

    /** What Linux's netfront writes. */
    private void connect(boolean offloads, boolean split) {
        port = guest.offerPort();
        receivePort = port;
        write("multi-queue-num-queues", 1);
        write("tx-ring-ref", front.txRef());
        write("rx-ring-ref", front.rxRef());
        if (split) {
            receivePort = guest.offerPort();
            write("event-channel-tx", port);
            write("event-channel-rx", receivePort);
        } else {
            write("event-channel", port);
        }
        write("request-rx-copy", 1);
        write("feature-rx-notify", 1);
        write("feature-sg", 1);
        write("feature-gso-tcpv4", offloads ? 1 : 0);
        write("feature-gso-tcpv6", offloads ? 1 : 0);
        write("feature-ipv6-csum-offload", offloads ? 1 : 0);
        write("feature-no-csum-offload", offloads ? 0 : 1);
        write("state", XenbusState.CONNECTED);
        assertEquals(XenbusState.CONNECTED, state());
        backend.setCarrier(true);
        guest.pass(REACTION);
        guest.takeEvent(port);
        guest.takeEvent(receivePort);
    }

    private static byte[] tcp(boolean ipv4, int payload) {
        SplittableRandom random = new SplittableRandom(payload);
        byte[] bytes = new byte[payload];
        random.nextBytes(bytes);
        return TestPackets.packet(new TestPackets.Shape(ipv4, true, 0, 12), bytes, random);
    }

    private Received received() {
        Received received = front.receive();
        assertNotNull(received);
        return received;
    }

    @Test
    void whatItCanIsInTheStoreBeforeTheFrontendLooks() {
        assertEquals(XenbusState.INIT_WAIT, state());
        for (String one :
                List.of(
                        "feature-sg",
                        "feature-gso-tcpv4",
                        "feature-gso-tcpv6",
                        "feature-ipv6-csum-offload",
                        "feature-rx-copy",
                        "feature-multicast-control",
                        "feature-split-event-channels",
                        "multi-queue-max-queues")) {
            assertEquals("1", guest.toolstack().read(BACK + "/" + one), one);
        }
        assertEquals("0", guest.toolstack().read(BACK + "/carrier"));
        backend.setCarrier(true);
        assertEquals("1", guest.toolstack().read(BACK + "/carrier"));
    }

    @Test
    void framesGoBothWays() {
        connect(true, false);
        byte[] sent = tcp(true, 200);
        front.send(sent, FrameOffload.VALIDATED);
        guest.send(port);
        assertTrue(outside.wire.frames.isEmpty(), "not in the middle of the hypercall");
        guest.pass(REACTION);
        assertArrayEquals(sent, outside.wire.frames.getFirst().bytes());
        assertTrue(guest.takeEvent(port));
        front.post(4);
        backend.receive(sent, FrameOffload.NONE);
        assertTrue(guest.takeEvent(port));
        Received received = received();
        assertArrayEquals(sent, received.bytes());
        assertEquals(FrameOffload.VALIDATED, received.offload(), "the checksum was looked at");
        byte[] wrong = sent.clone();
        wrong[60] ^= 1;
        backend.receive(wrong, FrameOffload.NONE);
        assertEquals(FrameOffload.NONE, received().offload());
        assertEquals(2 * sent.length, outside.taken);
    }

    @Test
    void splitEventChannelsTellOfOneRingEach() {
        connect(true, true);
        front.send(tcp(true, 1), FrameOffload.NONE);
        guest.send(port);
        backend.hurry();
        assertTrue(guest.takeEvent(port));
        assertFalse(guest.takeEvent(receivePort));
        front.post(1);
        backend.receive(tcp(true, 1), FrameOffload.NONE);
        assertFalse(guest.takeEvent(port));
        assertTrue(guest.takeEvent(receivePort));
        backend.receive(tcp(true, 1), FrameOffload.NONE);
        front.post(1);
        guest.send(receivePort);
        backend.hurry();
        received();
        received();
    }

    @Test
    void aWireWithoutOffloadsGetsWholeSegments() {
        connect(true, false);
        front.send(
                TestPackets.blank(tcp(false, 10_000)),
                FrameOffload.segments(NetifGsoType.TCPV6, 1400));
        front.send(TestPackets.blank(tcp(true, 100)), FrameOffload.BLANK);
        guest.send(port);
        backend.hurry();
        assertEquals(8 + 1, outside.wire.frames.size());
        for (Received segment : outside.wire.frames) {
            assertTrue(TestPackets.isRight(segment.bytes()));
            assertEquals(FrameOffload.VALIDATED, segment.offload());
        }
    }

    @Test
    void aWireWithOffloadsGetsFramesAsTheyAre() {
        guest.home.store().unwatch(FRONT + "/state", BACK);
        backend = new NetworkBackend(guest.home, interfaceWith(true), outside, log);
        start();
        connect(true, false);
        byte[] large = TestPackets.blank(tcp(true, 30_000));
        FrameOffload segments = FrameOffload.segments(NetifGsoType.TCPV4, 1400);
        front.send(large, segments);
        guest.send(port);
        backend.hurry();
        assertEquals(1, outside.wire.frames.size());
        assertArrayEquals(large, outside.wire.frames.getFirst().bytes());
        assertEquals(segments, outside.wire.frames.getFirst().offload());
    }

    @Test
    void theGuestGetsWhatItAskedFor() {
        FrameOffload segments = FrameOffload.segments(NetifGsoType.TCPV4, 1000);
        byte[] large = TestPackets.blank(tcp(true, 5000));
        byte[] given = large.clone();
        connect(true, false);
        front.post(64);
        backend.receive(large, segments);
        Received whole = received();
        assertArrayEquals(large, whole.bytes());
        assertEquals(segments, whole.offload());
        write("state", XenbusState.CLOSED);
        write("state", XenbusState.INITIALISING);
        front.restart();
        connect(false, false);
        front.post(64);
        backend.receive(large, segments);
        for (int i = 0; i < 5; i++) {
            Received segment = received();
            assertTrue(TestPackets.isRight(segment.bytes()));
            assertEquals(FrameOffload.VALIDATED, segment.offload());
        }
        assertNull(front.receive());
        assertArrayEquals(given, large, "an input is not changed");
        assertEquals(2 * large.length, outside.taken);
    }

    @Test
    void framesWaitForPagesAsFarAsTheBacklogGoes() {
        connect(true, false);
        byte[] frame = tcp(true, 60_000);
        int fitting = NetworkBackend.BACKLOG_BYTES_MAX / frame.length;
        for (int i = 0; i < fitting + 3; i++) {
            backend.receive(frame, FrameOffload.VALIDATED);
        }
        assertEquals(3 * frame.length, outside.taken);
        assertTrue(front.post(200), "the backend wants to know");
        guest.send(port);
        backend.hurry();
        int count = 0;
        while (front.receive() != null) {
            count++;
        }
        assertEquals(200 / 15, count);
        front.post(100);
        guest.send(port);
        backend.hurry();
        while (front.receive() != null) {
            count++;
        }
        assertEquals(fitting, count);
        assertEquals((fitting + 3) * frame.length, outside.taken);
    }

    @Test
    void withoutCarrierNothingIsSent() {
        connect(true, false);
        backend.setCarrier(false);
        front.send(tcp(true, 100), FrameOffload.NONE);
        guest.send(port);
        backend.hurry();
        assertTrue(outside.wire.frames.isEmpty());
        assertEquals(1, front.txResponses().size());
    }

    @Test
    void aHostileFrontendIsDisabledWithALine() {
        connect(true, false);
        backend.receive(tcp(true, 100), FrameOffload.NONE);
        front.request(front.txRef(), 4000, 0, 0, 1000);
        front.publishTx();
        guest.send(port);
        backend.hurry();
        assertEquals(
                List.of(
                        "vif1.0: Cross page boundary, offset 4000, size 1000",
                        "vif1.0: fatal error; disabling device"),
                log.lines);
        guest.send(port);
        backend.hurry();
        front.post(4);
        backend.receive(tcp(true, 100), FrameOffload.NONE);
        assertNull(front.receive());
        assertEquals(2, log.lines.size());
    }

    @Test
    void nodesThatMakeNoSenseAreRefused() {
        port = guest.offerPort();
        write("tx-ring-ref", front.txRef());
        write("rx-ring-ref", front.rxRef());
        write("event-channel", port);
        write("state", XenbusState.CONNECTED);
        assertEquals(XenbusState.CLOSING, state(), "request-rx-copy is missing");
        again();
        write("request-rx-copy", 1);
        write("multi-queue-num-queues", 2);
        write("state", XenbusState.CONNECTED);
        assertEquals(XenbusState.CLOSING, state(), "two queues");
        again();
        write("multi-queue-num-queues", 1);
        write("rx-ring-ref", 3);
        write("state", XenbusState.CONNECTED);
        assertEquals(XenbusState.CLOSING, state(), "not granted");
        again();
        write("rx-ring-ref", front.rxRef());
        write("event-channel", 77);
        write("state", XenbusState.CONNECTED);
        assertEquals(XenbusState.CLOSING, state(), "no such port");
        again();
        write("event-channel", port);
        write("state", XenbusState.CONNECTED);
        assertEquals(XenbusState.CONNECTED, state());
    }

    private void again() {
        write("state", XenbusState.CLOSED);
        FrameAudit.check(guest.machine);
        write("state", XenbusState.INITIALISING);
        assertEquals(XenbusState.INIT_WAIT, state());
    }

    @Test
    void multicastIsFilteredOnRequest() {
        write("request-multicast-control", 1);
        connect(true, false);
        front.post(8);
        byte[] group = tcp(true, 100);
        group[0] |= 1;
        backend.receive(group, FrameOffload.NONE);
        assertNull(front.receive());
        byte[] all = tcp(true, 100);
        for (int i = 0; i < 6; i++) {
            all[i] = -1;
        }
        backend.receive(all, FrameOffload.NONE);
        received();
        assertEquals(group.length + all.length, outside.taken);
    }
}
