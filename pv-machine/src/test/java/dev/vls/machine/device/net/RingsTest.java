package dev.vls.machine.device.net;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.vls.machine.device.net.TestNetfront.Received;
import dev.vls.machine.device.net.TestNetfront.TxResponse;
import dev.vls.machine.device.net.TestNetfront.Wire;
import dev.vls.machine.frames.FrameAudit;
import dev.vls.machine.frames.SmallMachine;
import dev.vls.machine.grant.BackendGrants;
import dev.vls.machine.grant.GuestGrants;
import dev.vls.machine.memory.MachineMemory;
import dev.vls.xen.abi.io.NetifExtraType;
import dev.vls.xen.abi.io.NetifGsoType;
import dev.vls.xen.abi.io.NetifRxResponse;
import dev.vls.xen.abi.io.NetifRxSring;
import dev.vls.xen.abi.io.NetifTxFlag;
import dev.vls.xen.abi.io.NetifTxRequest;
import dev.vls.xen.abi.io.NetifTxSring;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Both rings between a frontend in guest memory and the backend. */
class RingsTest {
    private static final int NOT_GRANTED = 15;
    private static final int PAGE_REF = TestNetfront.FIRST_REF + TestNetfront.TX_PFN;

    private final SmallMachine machine = new SmallMachine(TestNetfront.MACHINE_PAGES, 1);
    private final TestNetfront front = new TestNetfront(machine);
    private final BackendGrants grants = new BackendGrants(machine.grants, machine.manager);
    private final MulticastFilter multicast = new MulticastFilter();
    private final TransmitRing transmit = new TransmitRing(machine.memory, grants, multicast);
    private final ReceiveRing receive = new ReceiveRing(machine.memory, grants);
    private final Wire wire = new Wire();

    RingsTest() {
        assertTrue(transmit.attach(grants.map(front.txRef(), false)));
        assertTrue(receive.attach(grants.map(front.rxRef(), false)));
    }

    @AfterEach
    void nothingButTheRingsStaysInUse() {
        grants.unmap(front.txRef(), false);
        grants.unmap(front.rxRef(), false);
        FrameAudit.check(machine);
        machine.close();
    }

    private static byte[] frame(int bytes, long seed) {
        byte[] frame = new byte[bytes];
        new SplittableRandom(seed).nextBytes(frame);
        return frame;
    }

    @Test
    void framesOfOneAndManySlotsAreSent() {
        byte[] small = frame(60, 1);
        byte[] large = frame(65535, 2);
        byte[] odd = frame(3000, 3);
        front.send(small, FrameOffload.NONE);
        int second = front.send(large, FrameOffload.BLANK, 1000);
        front.send(odd, FrameOffload.segments(NetifGsoType.TCPV6, 1428), 66, 1, 2000);
        assertTrue(transmit.serve(wire));
        assertEquals(3, wire.frames.size());
        assertArrayEquals(small, wire.frames.get(0).bytes());
        assertArrayEquals(large, wire.frames.get(1).bytes());
        assertEquals(FrameOffload.BLANK, wire.frames.get(1).offload());
        assertArrayEquals(odd, wire.frames.get(2).bytes());
        assertEquals(FrameOffload.segments(NetifGsoType.TCPV6, 1428), wire.frames.get(2).offload());
        List<TxResponse> responses = front.txResponses();
        assertEquals(1 + 17 + 5, responses.size());
        assertEquals(new TxResponse(second, 0), responses.get(1));
        assertEquals(new TxResponse(-1, 1), responses.get(19));
        assertEquals(1, responses.stream().filter(r -> r.status() != 0).count());
        assertFalse(transmit.serve(wire), "nothing to do, nothing to tell");
        assertTrue(front.publishTx() || front.txProduced > 0);
    }

    @Test
    void theGuestIsToldOnlyOfTheResponsesItWantsToHearOf() {
        machine.memory.setInt(front.txRing + NetifTxSring.RSP_EVENT, 3);
        front.send(frame(60, 1), FrameOffload.NONE);
        front.send(frame(60, 1), FrameOffload.NONE);
        assertFalse(transmit.serve(wire));
        front.send(frame(60, 1), FrameOffload.NONE);
        assertTrue(transmit.serve(wire));
        front.send(frame(60, 1), FrameOffload.NONE);
        assertFalse(transmit.serve(wire));
    }

    @Test
    void theBackendAsksForAnEventOnlyWhenItIsDone() {
        front.request(PAGE_REF, 0, 0, 0, 60);
        assertTrue(front.publishTx());
        front.request(PAGE_REF, 0, 0, 0, 60);
        assertFalse(front.publishTx(), "it has been told");
        transmit.serve(wire);
        front.request(PAGE_REF, 0, 0, 0, 60);
        assertTrue(front.publishTx());
    }

    @Test
    void ringIndicesWrap() {
        MachineMemory memory = machine.memory;
        int start = -3;
        for (int at : new int[] {NetifTxSring.REQ_PROD, NetifTxSring.RSP_PROD}) {
            memory.setInt(front.txRing + at, start);
        }
        memory.setInt(front.txRing + NetifTxSring.RSP_EVENT, start + 1);
        front.txProduced = start;
        front.txConsumed = start;
        assertTrue(transmit.attach(front.txRing >>> MachineMemory.PAGE_SHIFT));
        byte[] large = frame(30_000, 5);
        front.send(large, FrameOffload.NONE);
        assertTrue(transmit.serve(wire));
        assertArrayEquals(large, wire.frames.getFirst().bytes());
        assertEquals(8, front.txResponses().size());
    }

    @Test
    void aSegmentedFrameWithoutBlankChecksumGetsOne() {
        SplittableRandom random = new SplittableRandom(7);
        byte[] packet =
                TestPackets.packet(
                        new TestPackets.Shape(true, true, 0, 12), new byte[3000], random);
        int first = front.txProduced;
        front.send(packet, FrameOffload.segments(NetifGsoType.TCPV4, 1000));
        long entry = front.txRing + NetifTxSring.RING + (first & 255) * 12L;
        machine.memory.setShort(entry + NetifTxRequest.FLAGS, NetifTxFlag.EXTRA_INFO);
        transmit.serve(wire);
        assertArrayEquals(TestPackets.blank(packet), wire.frames.getFirst().bytes());
    }

    @Test
    void multicastAddressesComeInExtraSlots() {
        byte[] address = {1, 0, 0x5E, 1, 2, 3};
        byte[] group = new byte[60];
        System.arraycopy(address, 0, group, 0, 6);
        multicast.setEnabled(true);
        assertFalse(multicast.accepts(group));
        front.request(0, 0, NetifTxFlag.EXTRA_INFO, 9, 0);
        front.extra(NetifExtraType.MCAST_ADD, 0, address);
        front.publishTx();
        transmit.serve(wire);
        assertTrue(multicast.accepts(group));
        front.request(0, 0, NetifTxFlag.EXTRA_INFO, 10, 0);
        front.extra(NetifExtraType.MCAST_DEL, 0, address);
        front.publishTx();
        transmit.serve(wire);
        assertFalse(multicast.accepts(group));
        assertEquals(
                List.of(
                        new TxResponse(9, 0),
                        new TxResponse(-1, 1),
                        new TxResponse(10, 0),
                        new TxResponse(-1, 1)),
                front.txResponses());
        for (int i = 0; i < MulticastFilter.ADDRESSES_MAX + 1; i++) {
            front.request(0, 0, NetifTxFlag.EXTRA_INFO, i, 0);
            front.extra(NetifExtraType.MCAST_ADD, 0, new byte[] {1, 0, 0, 0, 0, (byte) i});
        }
        front.publishTx();
        transmit.serve(wire);
        List<TxResponse> responses = front.txResponses();
        assertEquals(new TxResponse(64, -1), responses.get(128));
        assertEquals(129, responses.stream().filter(r -> r.status() >= 0).count());
        assertTrue(wire.frames.isEmpty());
    }

    @Test
    void whatCannotBeReadIsAnsweredWithErrors() {
        int ref = PAGE_REF;
        front.request(NOT_GRANTED, 0, 0, 1, 60);
        front.request(ref, 0, NetifTxFlag.MORE_DATA, 2, 200);
        front.request(NOT_GRANTED, 0, 0, 3, 100);
        front.request(ref, 0, 0, 4, 13);
        // A frame of 64 KiB: its size does not fit, so that its second slot seems too large.
        front.request(ref, 0, NetifTxFlag.MORE_DATA, 5, 16);
        front.request(ref, 0, NetifTxFlag.MORE_DATA, 6, 4096);
        front.request(ref, 0, 0, 7, 4096);
        front.request(ref, 0, NetifTxFlag.MORE_DATA, 8, 60);
        for (int i = 0; i < 19; i++) {
            front.request(ref, 0, i < 18 ? NetifTxFlag.MORE_DATA : 0, 100 + i, 1);
        }
        front.request(ref, 0, 0, 9, 60);
        front.publishTx();
        transmit.serve(wire);
        assertNull(transmit.problem());
        assertEquals(1, wire.frames.size());
        List<TxResponse> expected =
                new ArrayList<>(
                        List.of(
                                new TxResponse(1, -1),
                                new TxResponse(2, 0),
                                new TxResponse(3, -1),
                                new TxResponse(4, -1),
                                new TxResponse(5, -1),
                                new TxResponse(6, -1),
                                new TxResponse(7, -1),
                                new TxResponse(8, -1)));
        for (int i = 0; i < 19; i++) {
            expected.add(new TxResponse(100 + i, -1));
        }
        expected.add(new TxResponse(9, 0));
        assertEquals(expected, front.txResponses());
    }

    @Test
    void aFrontendThatMakesNoSenseIsServedNoMore() {
        int ref = PAGE_REF;
        List<Runnable> offences =
                List.of(
                        () -> front.txProduced += 257,
                        () -> front.request(ref, 4000, 0, 1, 100),
                        () -> front.request(ref, 0, NetifTxFlag.MORE_DATA, 1, 100),
                        () -> front.request(ref, 0, NetifTxFlag.EXTRA_INFO, 1, 100),
                        () -> {
                            front.request(ref, 0, NetifTxFlag.EXTRA_INFO, 1, 100);
                            front.extra(NetifExtraType.NONE, 0, new byte[6]);
                        },
                        () -> {
                            front.request(ref, 0, NetifTxFlag.EXTRA_INFO, 1, 100);
                            front.extra(NetifExtraType.MAX, 0, new byte[6]);
                        },
                        () -> {
                            front.request(ref, 0, NetifTxFlag.EXTRA_INFO, 1, 100);
                            front.segmentsExtra(NetifGsoType.TCPV4, 0, 0);
                        },
                        () -> {
                            front.request(ref, 0, NetifTxFlag.EXTRA_INFO, 1, 100);
                            front.segmentsExtra(3, 1000, 0);
                        },
                        () -> {
                            front.request(ref, 0, NetifTxFlag.MORE_DATA, 1, 100);
                            front.request(ref, 4095, 0, 1, 2);
                        },
                        () -> {
                            front.request(ref, 0, NetifTxFlag.MORE_DATA, 1, 100);
                            for (int i = 0; i < 22; i++) {
                                front.request(ref, 0, NetifTxFlag.MORE_DATA, 1, 1);
                            }
                        });
        for (int i = 0; i < offences.size(); i++) {
            int start = machine.memory.getInt(front.txRing + NetifTxSring.RSP_PROD);
            machine.memory.setInt(front.txRing + NetifTxSring.REQ_PROD, start);
            front.txProduced = start;
            assertTrue(transmit.attach(front.txRing >>> MachineMemory.PAGE_SHIFT));
            front.send(frame(60, 1), FrameOffload.NONE);
            transmit.serve(wire);
            assertNull(transmit.problem());
            offences.get(i).run();
            front.publishTx();
            transmit.serve(wire);
            assertNotNull(transmit.problem(), "offence " + i);
            assertFalse(transmit.serve(wire));
            assertEquals(i + 1, wire.frames.size());
        }
    }

    @Test
    void framesAreReceivedInPostedPages() {
        front.post(64);
        byte[] small = frame(60, 1);
        byte[] large = frame(65549, 2);
        FrameOffload segments = FrameOffload.segments(NetifGsoType.TCPV4, 1448);
        assertTrue(receive.put(small, 0, 60, FrameOffload.VALIDATED));
        assertTrue(receive.put(large, 0, large.length, segments));
        assertTrue(receive.put(large, 100, 4097, FrameOffload.BLANK));
        assertTrue(receive.put(small, 0, 60, segments));
        assertTrue(receive.publish());
        Received first = front.receive();
        assertNotNull(first);
        assertArrayEquals(small, first.bytes());
        assertEquals(FrameOffload.VALIDATED, first.offload());
        Received second = front.receive();
        assertNotNull(second);
        assertArrayEquals(large, second.bytes());
        assertEquals(segments, second.offload());
        Received third = front.receive();
        assertNotNull(third);
        assertArrayEquals(TestPackets.part(large, 100, 4097), third.bytes());
        assertEquals(FrameOffload.BLANK, third.offload());
        Received fourth = front.receive();
        assertNotNull(fourth);
        assertEquals(segments, fourth.offload());
        assertNull(front.receive());
        assertFalse(receive.publish());
    }

    @Test
    void aFrameWaitsForPages() {
        byte[] large = frame(9000, 2);
        assertFalse(receive.put(large, 0, 9000, FrameOffload.NONE));
        assertTrue(front.post(1), "an event is wanted for the first page");
        assertFalse(receive.put(large, 0, 9000, FrameOffload.NONE));
        assertTrue(front.post(2));
        assertTrue(receive.put(large, 0, 9000, FrameOffload.NONE));
        assertTrue(receive.publish());
        Received received = front.receive();
        assertNotNull(received);
        assertArrayEquals(large, received.bytes());
    }

    @Test
    void aPageThatCannotBeWrittenIsToldToTheGuest() {
        front.post(2);
        front.setRxRef(0, NOT_GRANTED);
        new GuestGrants(machine.grants, machine.memory)
                .grant(PAGE_REF, machine.mfns[TestNetfront.TX_PFN], true);
        front.setRxRef(1, PAGE_REF);
        assertTrue(receive.put(frame(60, 1), 0, 60, FrameOffload.NONE));
        assertTrue(receive.put(frame(60, 1), 0, 60, FrameOffload.NONE));
        receive.publish();
        for (int i = 0; i < 2; i++) {
            long entry = front.rxRing + NetifRxSring.RING + i * 8L;
            int status = (short) machine.memory.getShort(entry + NetifRxResponse.STATUS);
            assertTrue(status < 0, "status " + status);
        }
    }

    @Test
    void impossiblyManyPagesEndTheService() {
        machine.memory.setInt(front.rxRing + NetifRxSring.REQ_PROD, 257);
        assertFalse(receive.put(frame(60, 1), 0, 60, FrameOffload.NONE));
        assertNotNull(receive.problem());
    }

    /** Random bytes as rings: everything ends, nothing is left in use, no exception. */
    @Test
    void randomRingsAreSurvived() {
        long seed = System.nanoTime();
        SplittableRandom random = new SplittableRandom(seed);
        OffloadStage stage = new OffloadStage(65535);
        byte[] page = new byte[MachineMemory.PAGE_SIZE];
        for (int round = 0; round < 3_000; round++) {
            random.nextBytes(page);
            machine.memory.write(front.txRing, page, 0, page.length);
            random.nextBytes(page);
            machine.memory.write(front.rxRing, page, 0, page.length);
            int start = random.nextInt();
            machine.memory.setInt(front.txRing + NetifTxSring.RSP_PROD, start);
            machine.memory.setInt(
                    front.txRing + NetifTxSring.REQ_PROD, start + random.nextInt(260));
            machine.memory.setInt(front.rxRing + NetifRxSring.RSP_PROD, start);
            machine.memory.setInt(
                    front.rxRing + NetifRxSring.REQ_PROD, start + random.nextInt(260));
            for (int i = 0; i < 256; i++) {
                sanitise(random, i);
            }
            if (transmit.attach(front.txRing >>> MachineMemory.PAGE_SHIFT)) {
                transmit.serve(
                        (bytes, offset, length, offload) ->
                                stage.pass(bytes, offset, length, offload, (b, o, l, f) -> {}));
            }
            if (receive.attach(front.rxRing >>> MachineMemory.PAGE_SHIFT)) {
                byte[] frame = frame(random.nextInt(14, 65549), seed + round);
                for (int i = 0; i < 20 && receive.problem() == null; i++) {
                    if (receive.put(frame, 0, frame.length, FrameOffload.NONE)) {
                        receive.publish();
                    }
                }
            }
            if (round % 500 == 0) {
                auditWithRings("seed " + seed);
            }
        }
    }

    /** Makes some requests almost right, so that more than the first check is reached. */
    private void sanitise(SplittableRandom random, int slot) {
        long entry = front.txRing + NetifTxSring.RING + slot * 12L;
        MachineMemory memory = machine.memory;
        if (random.nextInt(8) > 0) {
            int size = random.nextInt(1, 2000);
            memory.setInt(entry + NetifTxRequest.GREF, random.nextInt(300));
            memory.setShort(entry + NetifTxRequest.OFFSET, random.nextInt(2100));
            memory.setShort(entry + NetifTxRequest.SIZE_FIELD, size);
            memory.setShort(entry + NetifTxRequest.FLAGS, random.nextInt(8));
        }
        long receiveEntry = front.rxRing + NetifRxSring.RING + slot * 8L;
        memory.setInt(receiveEntry + 4, random.nextInt(400));
    }

    private void auditWithRings(String about) {
        try {
            long[] rings = {front.txRing >>> 12, front.rxRing >>> 12};
            FrameAudit.check(machine, rings, rings);
        } catch (AssertionError e) {
            throw new AssertionError(about, e);
        }
    }
}
