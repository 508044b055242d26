package dev.vls.machine.device.net;

import static dev.vls.machine.memory.MachineMemory.PAGE_SIZE;

import dev.vls.machine.device.xenbus.DriverDomain;
import dev.vls.machine.device.xenbus.XenbusBackend;
import dev.vls.machine.grant.BackendGrants;
import dev.vls.machine.hypervisor.BackendChannel;
import dev.vls.machine.hypervisor.HypervisorLog;
import dev.vls.machine.memory.MachineMemory;
import dev.vls.machine.state.StateFields;
import dev.vls.machine.xenstore.DomainDescription;
import dev.vls.xen.abi.io.NetifLimits;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The backend of one network interface, as xen-netback with one queue: takes frames from the
 * guest's transmit ring, and puts frames from outside into its receive ring, after a backlog of
 * limited size while the guest has no pages posted.
 */
public final class NetworkBackend extends XenbusBackend {
    /** From an event of the guest to the backend's work, in ns, unless the guest waits before. */
    private static final long REACTION_TIME = 20_000;

    /** Frames that wait for the guest, in bytes; more are lost, as in a card without buffers. */
    static final int BACKLOG_BYTES_MAX = 1 << 20;

    /** Pages that a frontend takes for one frame. */
    private static final int SLOTS_MAX = NetifLimits.NR_SLOTS_MIN;

    private static final int NOT_MAPPED = -1;

    private final int index;
    private final NetworkPort port;
    private final HypervisorLog log;
    private final MulticastFilter multicast = new MulticastFilter();
    private final TransmitRing transmit;
    private final ReceiveRing receive;
    private final BackendChannel transmitChannel;
    private final BackendChannel receiveChannel;
    private final OffloadStage beforeWire = new OffloadStage(NetifLimits.MAX_TX_SIZE);
    private final OffloadStage beforeGuest = new OffloadStage(SLOTS_MAX * PAGE_SIZE);
    private final PacketHeaders headers = new PacketHeaders();
    private final ArrayDeque<Waiting> backlog = new ArrayDeque<>();
    private final FrameOutput wire = this::sendToWire;
    private final FrameOutput toPort;
    private final FrameOutput toBacklog =
            (bytes, offset, length, offload) ->
                    enqueue(Arrays.copyOfRange(bytes, offset, offset + length), offload, 0);

    private @Nullable Nodes own;
    private int transmitRef = NOT_MAPPED;
    private int receiveRef = NOT_MAPPED;
    private boolean split;
    private boolean scatterGather;
    private boolean carrier;
    private int backlogBytes;

    /**
     * A frame for the guest.
     *
     * @param outsideBytes of frames from outside that are done with when this one is
     */
    @SuppressWarnings("ArrayRecordComponent") // Compared by nobody.
    private record Waiting(byte[] bytes, FrameOffload offload, int outsideBytes) {}

    public NetworkBackend(
            DriverDomain home,
            DomainDescription.Interface network,
            NetworkPort port,
            HypervisorLog log) {
        super(home, "vif", network.index(), REACTION_TIME);
        this.index = network.index();
        this.port = port;
        this.toPort =
                (bytes, offset, length, offload) ->
                        port.networkFrame(index, bytes, offset, length, offload);
        this.log = log;
        MachineMemory memory = home.guest().memory();
        transmit = new TransmitRing(memory, home.grants(), multicast);
        receive = new ReceiveRing(memory, home.grants());
        transmitChannel = new BackendChannel(home.guest().events(), work::request);
        receiveChannel = new BackendChannel(home.guest().events(), work::request);
        boolean offloads = network.offloads();
        beforeWire.setCapabilities(offloads, offloads, offloads, offloads);
    }

    @Override
    protected void advertise(Nodes nodes) {
        own = nodes;
        nodes.write("feature-sg", 1);
        nodes.write("feature-gso-tcpv4", 1);
        nodes.write("feature-gso-tcpv6", 1);
        nodes.write("feature-ipv6-csum-offload", 1);
        nodes.write("feature-rx-copy", 1);
        nodes.write("feature-rx-flip", 0);
        nodes.write("feature-multicast-control", 1);
        nodes.write("feature-split-event-channels", 1);
        nodes.write("multi-queue-max-queues", 1);
        nodes.write("carrier", carrier ? 1 : 0);
    }

    @Override
    protected void connect(Nodes frontend, Nodes backend) throws FrontendException {
        int queues = frontend.read("multi-queue-num-queues", 1);
        if (queues != 1) {
            throw new FrontendException(
                    "guest requested %d queues, exceeding the maximum of 1.".formatted(queues));
        }
        if (frontend.read("request-rx-copy", 0) == 0) {
            throw new FrontendException("reading request-rx-copy: only rx-copy is supported");
        }
        readFeatures(frontend);
        mapRings(frontend.require("tx-ring-ref"), frontend.require("rx-ring-ref"));
        split = frontend.read("event-channel-tx") != null;
        if (split) {
            bind(transmitChannel, frontend.require("event-channel-tx"));
            bind(receiveChannel, frontend.require("event-channel-rx"));
        } else {
            bind(transmitChannel, frontend.require("event-channel"));
        }
    }

    private void readFeatures(Nodes frontend) {
        scatterGather = frontend.read("feature-sg", 0) != 0;
        beforeGuest.setCapabilities(
                frontend.read("feature-no-csum-offload", 0) == 0,
                frontend.read("feature-ipv6-csum-offload", 0) != 0,
                scatterGather && frontend.read("feature-gso-tcpv4", 0) != 0,
                scatterGather && frontend.read("feature-gso-tcpv6", 0) != 0);
        multicast.setEnabled(frontend.read("request-multicast-control", 0) != 0);
    }

    private void mapRings(int newTransmitRef, int newReceiveRef) throws FrontendException {
        BackendGrants grants = home.grants();
        long transmitMfn = grants.map(newTransmitRef, false);
        if (transmitMfn < 0) {
            throw new FrontendException("mapping tx-ring-ref %d".formatted(newTransmitRef));
        }
        transmitRef = newTransmitRef;
        long receiveMfn = grants.map(newReceiveRef, false);
        if (receiveMfn < 0) {
            throw new FrontendException("mapping rx-ring-ref %d".formatted(newReceiveRef));
        }
        receiveRef = newReceiveRef;
        if (!transmit.attach(transmitMfn) || !receive.attach(receiveMfn)) {
            throw new FrontendException("indices of the shared rings");
        }
    }

    private static void bind(BackendChannel channel, int guestPort) throws FrontendException {
        if (!channel.bind(guestPort)) {
            throw new FrontendException("binding port %d".formatted(guestPort));
        }
    }

    @Override
    protected void disconnect() {
        transmitChannel.close();
        receiveChannel.close();
        if (transmitRef != NOT_MAPPED) {
            home.grants().unmap(transmitRef, false);
            transmitRef = NOT_MAPPED;
        }
        if (receiveRef != NOT_MAPPED) {
            home.grants().unmap(receiveRef, false);
            receiveRef = NOT_MAPPED;
        }
        multicast.clear();
        dropBacklog();
    }

    private void dropBacklog() {
        for (Waiting waiting : backlog) {
            taken(waiting.outsideBytes);
        }
        backlog.clear();
        backlogBytes = 0;
    }

    /** Whether the rings are there and the frontend has done nothing to be disabled for. */
    private boolean isServed() {
        return receiveRef != NOT_MAPPED && transmit.problem() == null && receive.problem() == null;
    }

    @Override
    protected void serve() {
        if (!isServed()) {
            return;
        }
        if (transmit.serve(wire)) {
            transmitChannel.notifyGuest();
        }
        checkProblem(transmit.problem());
        if (isServed()) {
            fillReceiveRing();
        }
    }

    private void sendToWire(byte[] bytes, int offset, int length, FrameOffload offload) {
        if (carrier) {
            beforeWire.pass(bytes, offset, length, offload, toPort);
        }
    }

    private void checkProblem(@Nullable String problem) {
        if (problem != null) {
            log.line("vif%d.%d: %s".formatted(home.guest().id(), index, problem));
            log.line("vif%d.%d: fatal error; disabling device".formatted(home.guest().id(), index));
            dropBacklog();
        }
    }

    /**
     * A frame arrived from outside.
     *
     * @param frame not changed
     */
    public void receive(byte[] frame, FrameOffload offload) {
        if (!isServed()
                || !multicast.accepts(frame)
                || backlogBytes + frame.length > BACKLOG_BYTES_MAX) {
            taken(frame.length);
            return;
        }
        if (offload.checksum() != FrameOffload.Checksum.BLANK) {
            enqueue(
                    frame,
                    isRight(frame, offload) ? FrameOffload.VALIDATED : offload,
                    frame.length);
        } else if (beforeGuest.canLeave(frame, 0, frame.length, offload)) {
            enqueue(frame, offload, frame.length);
        } else {
            beforeGuest.pass(frame.clone(), 0, frame.length, offload, toBacklog);
            taken(frame.length);
        }
        fillReceiveRing();
    }

    /** Whether a checksum that nobody has looked at is right. The guest needs not look then. */
    private boolean isRight(byte[] frame, FrameOffload offload) {
        return offload.checksum() == FrameOffload.Checksum.NONE
                && headers.parse(frame, 0, frame.length)
                && headers.verifyChecksum(frame);
    }

    private void enqueue(byte[] bytes, FrameOffload offload, int outsideBytes) {
        backlog.add(new Waiting(bytes, offload, outsideBytes));
        backlogBytes += bytes.length;
    }

    private void fillReceiveRing() {
        while (!backlog.isEmpty()) {
            Waiting next = backlog.element();
            int slots = ReceiveRing.slots(next.bytes.length, next.offload);
            // A frame that the guest can never take is lost.
            boolean fits = slots <= (scatterGather ? SLOTS_MAX : 1);
            if (fits && !receive.put(next.bytes, 0, next.bytes.length, next.offload)) {
                break;
            }
            backlog.remove();
            backlogBytes -= next.bytes.length;
            taken(next.outsideBytes);
        }
        if (receive.publish()) {
            (split ? receiveChannel : transmitChannel).notifyGuest();
        }
        checkProblem(receive.problem());
    }

    private void taken(int bytes) {
        if (bytes > 0) {
            port.networkTaken(index, bytes);
        }
    }

    /** Whether the cable is plugged in. */
    public boolean hasCarrier() {
        return carrier;
    }

    /**
     * The cable was plugged in or pulled. Without carrier the guest's frames go nowhere; it can see
     * that in the store.
     */
    public void setCarrier(boolean up) {
        carrier = up;
        if (own != null) {
            own.write("carrier", up ? 1 : 0);
            home.store().serve();
        }
    }

    // --- state ---

    @Override
    protected void deviceState(StateFields s) {
        multicast.state(s);
        transmit.state(s);
        receive.state(s);
        transmitChannel.state(s);
        receiveChannel.state(s);
        beforeGuest.state(s);
        if (s.flag("own", own != null) && s.restores()) {
            own = nodes();
        }
        transmitRef = s.int32("transmitRef", transmitRef, NOT_MAPPED, Integer.MAX_VALUE);
        receiveRef = s.int32("receiveRef", receiveRef, NOT_MAPPED, Integer.MAX_VALUE);
        split = s.flag("split", split);
        scatterGather = s.flag("scatterGather", scatterGather);
        carrier = s.flag("carrier", carrier);
        backlogState(s);
    }

    private void backlogState(StateFields s) {
        List<Waiting> all = s.list("backlog", backlog, BACKLOG_BYTES_MAX, w -> waiting(s, w));
        backlog.clear();
        backlogBytes = 0;
        all.forEach(w -> enqueue(w.bytes, w.offload, w.outsideBytes));
    }

    private static Waiting waiting(StateFields s, @Nullable Waiting frame) {
        return new Waiting(
                s.blob("frame", frame == null ? new byte[0] : frame.bytes, BACKLOG_BYTES_MAX),
                FrameOffload.state(s, frame == null ? FrameOffload.NONE : frame.offload),
                s.int32(
                        "outsideBytes",
                        frame == null ? 0 : frame.outsideBytes,
                        0,
                        BACKLOG_BYTES_MAX));
    }

    /** Bytes of frames from outside that were given to the machine and are not done with. */
    public int outsideBytes() {
        int bytes = 0;
        for (Waiting waiting : backlog) {
            bytes += waiting.outsideBytes;
        }
        return bytes;
    }
}
