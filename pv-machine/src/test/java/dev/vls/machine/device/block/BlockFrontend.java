package dev.vls.machine.device.block;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.vls.machine.Input;
import dev.vls.machine.device.DeviceMachine;
import dev.vls.machine.host.disk.HostDisks;
import dev.vls.machine.memory.MachineMemory;
import dev.vls.xen.abi.io.BlkifOp;
import dev.vls.xen.abi.io.BlkifRequest;
import dev.vls.xen.abi.io.BlkifRequestDiscard;
import dev.vls.xen.abi.io.BlkifRequestIndirect;
import dev.vls.xen.abi.io.BlkifRequestSegment;
import dev.vls.xen.abi.io.BlkifResponse;
import dev.vls.xen.abi.io.BlkifSring;
import dev.vls.xen.abi.io.SharedRing;
import dev.vls.xen.abi.io.XenbusState;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;

/**
 * A guest's block driver with one disk, over the machine's own memory, grants, event channels and
 * store; the disk is an image file. Answers of the host wait until the test {@linkplain #answer
 * gives} them.
 */
final class BlockFrontend implements AutoCloseable {
    static final int RING_PFN = DeviceMachine.FREE_PFN;

    /** Pages for data; the ring has up to 16 before them. */
    static final int DATA_PFN = RING_PFN + 16;

    static final int DATA_PAGES = 300;
    private static final int PAGES = DATA_PFN + DATA_PAGES + 8;
    private static final long REACTION = 5_000;

    /** A segment: part of a data page. */
    record Segment(int ref, int firstSector, int lastSector) {
        static Segment page(int ref) {
            return new Segment(ref, 0, 7);
        }
    }

    final HostDisks disks;
    final VirtualDisk disk;
    final DeviceMachine guest;
    final BlockBackend backend;
    final Queue<Input.BlockDone> answers = new ArrayDeque<>();
    final String front;
    final String back;
    int port;
    int size;
    int requestProducer;
    int responseConsumer;

    BlockFrontend(Path image, boolean writable) {
        disks =
                HostDisks.open(
                        List.of(new HostDisks.Choice(image.toString(), writable)), line -> {});
        disks.answerAtOnce(input -> answers.add((Input.BlockDone) input));
        disk = disks.disks().getFirst();
        guest = new DeviceMachine(PAGES, List.of(disk.node()), List.of());
        backend = new BlockBackend(guest.home, disk, disks);
        front = "/local/domain/1/device/vbd/" + disk.node().number();
        back = "/local/domain/0/backend/vbd/1/" + disk.node().number();
        backend.start();
        guest.store.serve();
        for (int i = 0; i < DATA_PAGES; i++) {
            guest.grant(DATA_PFN + i, false);
        }
    }

    int state() {
        return Integer.parseInt(String.valueOf(guest.toolstack().read(back + "/state")));
    }

    /** Writes a node of the frontend; the state is what makes the backend look. */
    void node(String name, Object value) {
        guest.write(front + "/" + name, String.valueOf(value));
    }

    /** Offers a fresh ring of {@code 1 << order} pages; -1 for one named without an order. */
    void connect(int order, boolean persistent) {
        for (int i = 0; i < 1 << Math.max(order, 0); i++) {
            guest.grant(RING_PFN + i, false);
            guest.machine.memory.fill(guest.maddr(RING_PFN + i), MachineMemory.PAGE_SIZE, 0);
            node(order < 0 ? "ring-ref" : "ring-ref" + i, RING_PFN + i);
        }
        if (order >= 0) {
            node("ring-page-order", order);
        }
        port = guest.offerPort();
        node("event-channel", port);
        node("protocol", "x86_64-abi");
        node("feature-persistent", persistent ? 1 : 0);
        size = SharedRing.size(4096 << Math.max(order, 0), BlkifSring.RING, BlkifSring.ENTRY_SIZE);
        requestProducer = 0;
        responseConsumer = 0;
        memory().setInt(ring(BlkifSring.REQ_EVENT), 1);
        memory().setInt(ring(BlkifSring.RSP_EVENT), 1);
        node("state", XenbusState.INITIALISED);
        assertEquals(XenbusState.CONNECTED, state());
        guest.pass(REACTION);
    }

    void disconnect() {
        node("state", XenbusState.CLOSING);
        node("state", XenbusState.CLOSED);
        assertEquals(XenbusState.CLOSED, state());
    }

    // --- the ring ---

    /** Where a byte of the ring is; entries cross pages. */
    long ring(int offset) {
        return guest.maddr(RING_PFN + (offset >> 12)) + (offset & 4095);
    }

    private MachineMemory memory() {
        return guest.machine.memory;
    }

    private int entry(int index) {
        return BlkifSring.RING + SharedRing.slot(index, size) * BlkifSring.ENTRY_SIZE;
    }

    private void put(int offset, long value, int bytes) {
        for (int i = 0; i < bytes; i++) {
            memory().setByte(ring(offset + i), (int) (value >>> (8 * i)));
        }
    }

    private long get(int offset, int bytes) {
        long value = 0;
        for (int i = bytes - 1; i >= 0; i--) {
            value = value << 8 | memory().getByte(ring(offset + i));
        }
        return value;
    }

    private int begin(int operation, long id) {
        int at = entry(requestProducer++);
        put(at + BlkifRequest.OPERATION, operation, 1);
        put(at + BlkifRequest.ID, id, 8);
        return at;
    }

    /** Puts a request with its segments in the ring; shown by {@link #push}. */
    void put(int operation, long id, long sector, List<Segment> segments) {
        put(operation, id, sector, segments, segments.size());
    }

    void put(int operation, long id, long sector, List<Segment> segments, int count) {
        int at = begin(operation, id);
        put(at + BlkifRequest.NR_SEGMENTS, count, 1);
        put(at + BlkifRequest.SECTOR_NUMBER, sector, 8);
        for (int i = 0; i < Math.min(segments.size(), BlkifRequest.SEG_LENGTH); i++) {
            int seg = at + BlkifRequest.SEG + i * BlkifRequestSegment.SIZE;
            put(seg + BlkifRequestSegment.GREF, segments.get(i).ref(), 4);
            put(seg + BlkifRequestSegment.FIRST_SECT, segments.get(i).firstSector(), 1);
            put(seg + BlkifRequestSegment.LAST_SECT, segments.get(i).lastSector(), 1);
        }
    }

    /** An indirect request whose segments are in a page. */
    void putIndirect(
            int inner, long id, long sector, int indirectPfn, List<Segment> segments, int count) {
        for (int i = 0; i < segments.size(); i++) {
            long seg = guest.maddr(indirectPfn) + (long) i * BlkifRequestSegment.SIZE;
            memory().setInt(seg + BlkifRequestSegment.GREF, segments.get(i).ref());
            memory().setByte(seg + BlkifRequestSegment.FIRST_SECT, segments.get(i).firstSector());
            memory().setByte(seg + BlkifRequestSegment.LAST_SECT, segments.get(i).lastSector());
        }
        int at = begin(BlkifOp.INDIRECT, id);
        put(at + BlkifRequestIndirect.INDIRECT_OP, inner, 1);
        put(at + BlkifRequestIndirect.NR_SEGMENTS, count, 2);
        put(at + BlkifRequestIndirect.SECTOR_NUMBER, sector, 8);
        put(at + BlkifRequestIndirect.INDIRECT_GREFS, indirectPfn, 4);
    }

    void putDiscard(long id, long sector, long sectors) {
        int at = begin(BlkifOp.DISCARD, id);
        put(at + BlkifRequestDiscard.SECTOR_NUMBER, sector, 8);
        put(at + BlkifRequestDiscard.NR_SECTORS, sectors, 8);
    }

    /** Shows the requests to the backend, and sends an event if it wants one. */
    void push() {
        int before = memory().getInt(ring(BlkifSring.REQ_PROD));
        memory().setInt(ring(BlkifSring.REQ_PROD), requestProducer);
        int event = memory().getInt(ring(BlkifSring.REQ_EVENT));
        if (SharedRing.notifyNeeded(before, requestProducer, event)) {
            guest.send(port);
        }
        guest.pass(REACTION);
    }

    /** Lets all answers of the host come that wait. */
    void answer() {
        while (!answers.isEmpty()) {
            Input.BlockDone done = answers.remove();
            backend.done(done.request(), done.status());
        }
    }

    boolean hasResponse() {
        return memory().getInt(ring(BlkifSring.RSP_PROD)) != responseConsumer;
    }

    /** Takes the next response; answers its status. */
    int takeResponse(long id, int operation) {
        assertEquals(true, hasResponse(), "a response");
        int at = entry(responseConsumer++);
        memory().setInt(ring(BlkifSring.RSP_EVENT), responseConsumer + 1);
        assertEquals(id, get(at + BlkifResponse.ID, 8));
        assertEquals(operation, get(at + BlkifResponse.OPERATION, 1));
        return (short) get(at + BlkifResponse.STATUS, 2);
    }

    /** Pushes what was put, and takes the one response to it. */
    int run(long id, int operation) {
        push();
        answer();
        return takeResponse(id, operation);
    }

    @Override
    public void close() {
        guest.close();
        disks.close();
    }
}
