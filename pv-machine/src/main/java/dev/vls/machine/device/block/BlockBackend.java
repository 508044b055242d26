package dev.vls.machine.device.block;

import static dev.vls.machine.memory.MachineMemory.PAGE_SHIFT;
import static dev.vls.machine.memory.MachineMemory.PAGE_SIZE;

import dev.vls.machine.device.xenbus.DriverDomain;
import dev.vls.machine.device.xenbus.XenbusBackend;
import dev.vls.machine.hypervisor.BackendChannel;
import dev.vls.machine.state.StateFields;
import dev.vls.xen.abi.io.BlkifOp;
import dev.vls.xen.abi.io.BlkifStatus;
import dev.vls.xen.abi.io.VdiskInfo;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The backend of one disk: takes requests from the ring, checks them, hands them to the host, and
 * answers when the host has. What it takes out of the guest's pages it takes when it sees the
 * request, what it puts into them it puts there at the place of BLOCK_DONE.
 */
public final class BlockBackend extends XenbusBackend {
    /** From an event of the guest to a look at the ring, in ns. */
    private static final long REACTION_TIME = 5_000;

    private static final int SECTOR_SHIFT = 9;
    private static final int SECTOR_SIZE = 1 << SECTOR_SHIFT;

    /** {@code xen_blkif_max_ring_order}: 16 pages. */
    private static final int RING_PAGE_ORDER_MAX = 4;

    /** Requests that the host is at; more wait in the ring. Bounds the memory for their data. */
    static final int PENDING_MAX = 32;

    private static final String PROTOCOL = "x86_64-abi";

    private final VirtualDisk disk;
    private final DiskPort port;
    private final BlockRing ring;
    private final BackendChannel channel;
    private final PersistentGrants persistent;
    private final BlockRequest request = new BlockRequest();
    private final PendingRequest[] pending = new PendingRequest[PENDING_MAX];
    private final byte[] indirectPage = new byte[PAGE_SIZE];
    private final ByteBuffer indirectFields =
            ByteBuffer.wrap(indirectPage).order(ByteOrder.LITTLE_ENDIAN);
    private long nextNumber;

    /** Requests below are of a domain that is no more; their answers are nobody's. */
    private long firstNumber;

    private boolean usesPersistent;

    /** The frontend broke the ring: nothing is taken from it until it is connected anew. */
    private boolean halted;

    public BlockBackend(DriverDomain home, VirtualDisk disk, DiskPort port) {
        super(home, "vbd", disk.node().number(), REACTION_TIME);
        this.disk = disk;
        this.port = port;
        this.ring = new BlockRing(home);
        this.channel = new BackendChannel(home.guest().events(), work::request);
        this.persistent = new PersistentGrants(home.grants());
        for (int i = 0; i < PENDING_MAX; i++) {
            pending[i] = new PendingRequest();
        }
    }

    /** Which disk this is, 0 for xvda. */
    public int index() {
        return disk.node().index();
    }

    /** Takes the place of the backend of a domain that is no more, before it serves its own. */
    public void replace(BlockBackend predecessor) {
        firstNumber = predecessor.nextNumber;
        nextNumber = firstNumber;
    }

    // --- xenbus ---

    @Override
    protected void advertise(Nodes nodes) {
        nodes.write("feature-max-indirect-segments", BlockRequest.SEGMENTS_MAX);
        nodes.write("multi-queue-max-queues", 1);
        nodes.write("max-ring-page-order", RING_PAGE_ORDER_MAX);
    }

    @Override
    protected void connect(Nodes frontend, Nodes backend) throws FrontendException {
        String protocol = frontend.read("protocol");
        if (protocol != null && !protocol.equals(PROTOCOL)) {
            throw new FrontendException("unknown fe protocol " + protocol);
        }
        int queues = frontend.read("multi-queue-num-queues", 1);
        if (queues != 1) {
            throw new FrontendException(
                    "guest requested %d queues, exceeding the maximum of 1.".formatted(queues));
        }
        usesPersistent = frontend.read("feature-persistent", 0) != 0;
        int eventChannel = frontend.require("event-channel");
        if (ring.map(ringRefs(frontend)) != 0 || ring.isBroken() || !channel.bind(eventChannel)) {
            throw new FrontendException("mapping ring-ref port " + eventChannel);
        }
        halted = false;
        boolean writable = disk.node().writable();
        backend.write("feature-flush-cache", writable ? 1 : 0);
        if (writable && disk.discards()) {
            backend.write("discard-granularity", PAGE_SIZE);
            backend.write("discard-alignment", 0);
            backend.write("discard-secure", 0);
            backend.write("feature-discard", 1);
        }
        backend.write("feature-barrier", writable ? 1 : 0);
        backend.write("feature-persistent", 1);
        backend.write("sectors", disk.sectors());
        backend.write("info", writable ? 0 : VdiskInfo.READONLY);
        backend.write("sector-size", SECTOR_SIZE);
        backend.write("physical-sector-size", SECTOR_SIZE);
    }

    private static int[] ringRefs(Nodes frontend) throws FrontendException {
        int order = frontend.read("ring-page-order", -1);
        if (order > RING_PAGE_ORDER_MAX) {
            throw new FrontendException(
                    "request %d ring page order exceed max:%d"
                            .formatted(order, RING_PAGE_ORDER_MAX));
        }
        if (order < 0) {
            return new int[] {frontend.require("ring-ref")};
        }
        int[] refs = new int[1 << order];
        for (int i = 0; i < refs.length; i++) {
            refs[i] = frontend.require("ring-ref" + i);
        }
        return refs;
    }

    /** What the host is at goes on; its answers then go nowhere. */
    @Override
    protected void disconnect() {
        for (PendingRequest one : pending) {
            if (!one.isFree() && !one.abandoned) {
                releasePages(one);
                one.abandoned = true;
            }
        }
        persistent.clear();
        channel.close();
        ring.unmap();
    }

    // --- requests ---

    @Override
    protected void serve() {
        if (!ring.isMapped()) {
            return;
        }
        takeRequests();
        if (ring.show()) {
            channel.notifyGuest();
        }
    }

    private void takeRequests() {
        if (!halted && ring.isBroken()) {
            halted = true;
            home.guest()
                    .log()
                    .line(
                            "Frontend provided bogus ring requests. Halting ring processing on vbd "
                                    + disk.node().number());
        }
        if (halted) {
            return;
        }
        PendingRequest free = freeSlot();
        while (free != null && ring.hasRequest()) {
            ring.take(request);
            int status = begin(free);
            if (free.isFree()) {
                ring.respond(request.id, request.operation, status);
            } else {
                free = freeSlot();
            }
        }
        if (free != null) {
            ring.askForEvent();
        }
    }

    private @Nullable PendingRequest freeSlot() {
        for (PendingRequest one : pending) {
            if (one.isFree()) {
                return one;
            }
        }
        return null;
    }

    /**
     * Hands the request in hand to the host.
     *
     * @param slot occupied afterwards if the host will answer; else the status is to be answered
     */
    private int begin(PendingRequest slot) {
        return switch (request.operation) {
            case BlkifOp.READ -> transfer(slot, DiskOperation.READ);
            case BlkifOp.WRITE -> transfer(slot, DiskOperation.WRITE);
            case BlkifOp.WRITE_BARRIER -> flush(slot, DiskOperation.BARRIER);
            case BlkifOp.FLUSH_DISKCACHE -> flush(slot, DiskOperation.FLUSH);
            case BlkifOp.DISCARD -> request.indirect ? BlkifStatus.ERROR : discard(slot);
            default -> request.indirect ? BlkifStatus.ERROR : BlkifStatus.EOPNOTSUPP;
        };
    }

    private int flush(PendingRequest slot, DiskOperation operation) {
        return request.indirect ? BlkifStatus.ERROR : transfer(slot, operation);
    }

    private int transfer(PendingRequest slot, DiskOperation operation) {
        boolean mayBeEmpty = operation == DiskOperation.FLUSH || operation == DiskOperation.BARRIER;
        if (!request.hasServedCount(mayBeEmpty)
                || !(request.indirect ? fetchIndirect() : request.decodeSegments())) {
            return BlkifStatus.ERROR;
        }
        long sectors = request.bytes >> SECTOR_SHIFT;
        boolean writes = operation != DiskOperation.READ;
        if ((writes && !disk.node().writable())
                || !request.isWithin(disk.sectors(), sectors)
                || !mapPages(slot)) {
            return BlkifStatus.ERROR;
        }
        slot.buffer(request.bytes);
        if (writes) {
            slot.copyOut(home.guest().memory());
        }
        submit(slot, operation, sectors);
        return BlkifStatus.OKAY;
    }

    private int discard(PendingRequest slot) {
        if (!disk.discards()) {
            return BlkifStatus.EOPNOTSUPP;
        }
        if (!disk.node().writable() || !request.isWithin(disk.sectors(), request.discardSectors)) {
            return BlkifStatus.ERROR;
        }
        if (request.discardSectors > 0) {
            slot.segments = 0;
            submit(slot, DiskOperation.DISCARD, request.discardSectors);
        }
        return BlkifStatus.OKAY;
    }

    private void submit(PendingRequest slot, DiskOperation operation, long sectors) {
        slot.number = nextNumber++;
        slot.abandoned = false;
        slot.id = request.id;
        slot.operation = request.operation;
        slot.diskOperation = operation;
        slot.sector = request.sector;
        slot.sectors = sectors;
        port.submit(slot.toDiskRequest(index()));
    }

    /** Reads the segments of an indirect request; answers whether there are such. */
    private boolean fetchIndirect() {
        int ref = request.indirectRef();
        long mfn = home.grants().map(ref, true);
        if (mfn < 0) {
            return false;
        }
        home.guest().memory().read(mfn << PAGE_SHIFT, indirectPage, 0, PAGE_SIZE);
        home.grants().unmap(ref, true);
        return request.decodeSegments(indirectFields, 0);
    }

    private boolean mapPages(PendingRequest slot) {
        slot.operation = request.operation;
        slot.persistent = usesPersistent;
        for (int i = 0; i < request.segments; i++) {
            int ref = request.refs[i];
            long mfn =
                    usesPersistent
                            ? persistent.use(ref)
                            : home.grants().map(ref, slot.readsPages());
            slot.segments = i;
            if (mfn < 0) {
                releasePages(slot);
                return false;
            }
            slot.refs[i] = ref;
            slot.mfns[i] = mfn;
            slot.offsets[i] = request.offsets[i];
            slot.lengths[i] = request.lengths[i];
        }
        slot.segments = request.segments;
        return true;
    }

    private void releasePages(PendingRequest slot) {
        for (int i = 0; i < slot.segments; i++) {
            if (slot.persistent) {
                persistent.release(slot.refs[i]);
            } else {
                home.grants().unmap(slot.refs[i], slot.readsPages());
            }
        }
        slot.segments = 0;
    }

    // --- answers ---

    /**
     * The host has done a request, or failed.
     *
     * @param number of the request
     * @param status {@link BlkifStatus}
     */
    public void done(long number, int status) {
        if (number < firstNumber) {
            return;
        }
        PendingRequest slot = find(number);
        if (!slot.abandoned) {
            if (status == BlkifStatus.OKAY && slot.operation == BlkifOp.READ) {
                slot.copyIn(home.guest().memory());
            }
            releasePages(slot);
            ring.respond(slot.id, slot.operation, status);
        }
        slot.number = -1;
        serve();
    }

    private PendingRequest find(long number) {
        for (PendingRequest one : pending) {
            if (one.number == number && !one.isFree()) {
                return one;
            }
        }
        throw new IllegalStateException("disk %d is not at request %d".formatted(index(), number));
    }

    // --- state ---

    /**
     * What the host has not answered, in the order in which it was asked. A machine that was
     * restored asks a new host once more: a write that was done already is done again with the same
     * data.
     */
    public List<DiskRequest> unanswered() {
        List<PendingRequest> unanswered = new ArrayList<>();
        for (PendingRequest one : pending) {
            if (!one.isFree()) {
                unanswered.add(one);
            }
        }
        unanswered.sort(Comparator.comparingLong(one -> one.number));
        return unanswered.stream().map(one -> one.toDiskRequest(index())).toList();
    }

    @Override
    protected void deviceState(StateFields s) {
        long frames = home.guest().memory().frames();
        ring.state(s, 1 << RING_PAGE_ORDER_MAX);
        channel.state(s);
        persistent.state(s, frames);
        for (PendingRequest one : pending) {
            one.state(s, frames, disk.sectors());
        }
        nextNumber = s.int64("nextNumber", nextNumber, 0, Long.MAX_VALUE);
        firstNumber = s.int64("firstNumber", firstNumber, 0, nextNumber);
        usesPersistent = s.flag("usesPersistent", usesPersistent);
        halted = s.flag("halted", halted);
    }
}
