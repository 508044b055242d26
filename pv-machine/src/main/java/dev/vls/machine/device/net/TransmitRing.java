package dev.vls.machine.device.net;

import static dev.vls.machine.memory.MachineMemory.PAGE_SHIFT;
import static dev.vls.machine.memory.MachineMemory.PAGE_SIZE;

import dev.vls.machine.grant.BackendGrants;
import dev.vls.machine.memory.MachineMemory;
import dev.vls.machine.state.StateFields;
import dev.vls.xen.abi.grant.GrantStatus;
import dev.vls.xen.abi.io.NetifExtraInfo;
import dev.vls.xen.abi.io.NetifExtraType;
import dev.vls.xen.abi.io.NetifGsoType;
import dev.vls.xen.abi.io.NetifLimits;
import dev.vls.xen.abi.io.NetifResponseStatus;
import dev.vls.xen.abi.io.NetifTxFlag;
import dev.vls.xen.abi.io.NetifTxRequest;
import dev.vls.xen.abi.io.NetifTxResponse;
import dev.vls.xen.abi.io.NetifTxSring;
import dev.vls.xen.abi.io.SharedRing;
import org.jspecify.annotations.Nullable;

/**
 * The backend's end of the ring by which the guest sends: puts frames together from granted pieces
 * and answers each request. What a request may not be is answered as xen-netback does: with an
 * error, or, where the ring cannot be trusted any more, not at all and never again.
 */
final class TransmitRing {
    private static final int SIZE = NetifTxSring.ENTRIES_PER_PAGE;

    /** Bytes of the text of a problem. */
    static final int PROBLEM_MAX = 1024;

    /** Frames of more slots are answered with errors. */
    private static final int FRAGMENTS_MAX = NetifLimits.NR_SLOTS_MIN;

    /** A frontend that uses more slots for a frame is malicious. */
    private static final int FRAGMENTS_FATAL = 20;

    private final MachineMemory memory;
    private final BackendGrants grants;
    private final MulticastFilter multicast;
    private final PacketHeaders headers = new PacketHeaders();

    private long ring;
    private int requestConsumer;
    private int responseProducer;
    private @Nullable String problem;

    // The frame at hand: its slots, the first one at 0, and what its extra slots say.
    private final int[] refs = new int[FRAGMENTS_MAX + 1];
    private final int[] offsets = new int[FRAGMENTS_MAX + 1];
    private final int[] sizes = new int[FRAGMENTS_MAX + 1];
    private final int[] ids = new int[FRAGMENTS_MAX + 1];
    private final byte[] frame = new byte[NetifLimits.MAX_TX_SIZE];
    private int flags;
    private int fragments;
    private int extras;
    private boolean segmented;
    private int gsoType;
    private int gsoSize;
    private long multicastAdded;
    private long multicastRemoved;
    private FrameOffload lastSegments = FrameOffload.segments(NetifGsoType.TCPV4, 1);

    TransmitRing(MachineMemory memory, BackendGrants grants, MulticastFilter multicast) {
        this.memory = memory;
        this.grants = grants;
        this.multicast = multicast;
    }

    /**
     * Starts where the ring's responses end.
     *
     * @param mfn a frame that is mapped for this backend
     * @return false if the guest's indices make no sense
     */
    boolean attach(long mfn) {
        ring = mfn << PAGE_SHIFT;
        responseProducer = memory.getInt(ring + NetifTxSring.RSP_PROD);
        requestConsumer = responseProducer;
        problem = null;
        int produced = memory.getInt(ring + NetifTxSring.REQ_PROD);
        return !SharedRing.requestProducerOverflows(produced, responseProducer, SIZE);
    }

    /** What the guest did that ends all service; null as long as it behaves. */
    @Nullable String problem() {
        return problem;
    }

    /**
     * Takes all frames from the ring.
     *
     * @param output what they are handed to; the array may be changed
     * @return whether the guest wants to be told of the responses
     */
    boolean serve(FrameOutput output) {
        int before = responseProducer;
        while (problem == null) {
            int produced = memory.getInt(ring + NetifTxSring.REQ_PROD);
            if (SharedRing.requestProducerOverflows(produced, requestConsumer, SIZE)) {
                problem =
                        "Impossible number of requests. req_prod %d, req_cons %d, size %d"
                                .formatted(produced, requestConsumer, SIZE);
            } else if (produced == requestConsumer) {
                // Nobody else runs: there is no need to look again after this.
                memory.setInt(ring + NetifTxSring.REQ_EVENT, requestConsumer + 1);
                break;
            } else {
                takeFrame(produced, output);
            }
        }
        if (responseProducer == before) {
            return false;
        }
        memory.setInt(ring + NetifTxSring.RSP_PROD, responseProducer);
        int event = memory.getInt(ring + NetifTxSring.RSP_EVENT);
        return SharedRing.notifyNeeded(before, responseProducer, event);
    }

    private long entry(int index) {
        return ring
                + NetifTxSring.RING
                + (long) SharedRing.slot(index, SIZE) * NetifTxSring.ENTRY_SIZE;
    }

    private void takeFrame(int produced, FrameOutput output) {
        readRequest(requestConsumer++, 0);
        fragments = 0;
        if (!takeExtras(produced)) {
            return;
        }
        if (multicastAdded >= 0) {
            respond(0, multicast.add(multicastAdded));
            return;
        }
        if (multicastRemoved >= 0) {
            multicast.remove(multicastRemoved);
            respond(0, true);
            return;
        }
        int total = sizes[0];
        boolean whole = takeFragments(produced);
        if (problem != null) {
            return;
        }
        if (!whole || total < PacketHeaders.ETHERNET_BYTES) {
            refuseFrame();
        } else if (offsets[0] + sizes[0] > PAGE_SIZE) {
            problem = "Cross page boundary, offset %d, size %d".formatted(offsets[0], sizes[0]);
        } else if (segmented && gsoSize == 0) {
            problem = "GSO size must not be zero.";
        } else if (segmented && gsoType != NetifGsoType.TCPV4 && gsoType != NetifGsoType.TCPV6) {
            problem = "Bad GSO type %d.".formatted(gsoType);
        } else if (copyFrame()) {
            handOn(total, output);
        }
    }

    private void readRequest(int index, int slot) {
        long entry = entry(index);
        refs[slot] = memory.getInt(entry + NetifTxRequest.GREF);
        offsets[slot] = memory.getShort(entry + NetifTxRequest.OFFSET);
        flags = slot == 0 ? memory.getShort(entry + NetifTxRequest.FLAGS) : flags;
        ids[slot] = memory.getShort(entry + NetifTxRequest.ID);
        sizes[slot] = memory.getShort(entry + NetifTxRequest.SIZE_FIELD);
    }

    /** Reads the extra slots; false if they make no sense. */
    private boolean takeExtras(int produced) {
        extras = 0;
        segmented = false;
        multicastAdded = -1;
        multicastRemoved = -1;
        boolean more = (flags & NetifTxFlag.EXTRA_INFO) != 0;
        while (more) {
            if (requestConsumer == produced) {
                problem = "Missing extra info";
                return false;
            }
            long entry = entry(requestConsumer++);
            extras++;
            int type = memory.getByte(entry + NetifExtraInfo.TYPE);
            more = (memory.getByte(entry + NetifExtraInfo.FLAGS) & NetifExtraInfo.FLAG_MORE) != 0;
            switch (type) {
                case NetifExtraType.GSO -> {
                    segmented = true;
                    gsoSize = memory.getShort(entry + NetifExtraInfo.U_GSO_SIZE);
                    gsoType = memory.getByte(entry + NetifExtraInfo.U_GSO_TYPE);
                }
                case NetifExtraType.MCAST_ADD -> multicastAdded = address(entry);
                case NetifExtraType.MCAST_DEL -> multicastRemoved = address(entry);
                case NetifExtraType.HASH -> {
                    // A hint about queues, of which there is one.
                }
                default -> {
                    problem = "Invalid extra type: %d".formatted(type);
                    return false;
                }
            }
        }
        return true;
    }

    private long address(long entry) {
        long address = 0;
        for (int i = 0; i < 6; i++) {
            address = address << 8 | memory.getByte(entry + NetifExtraInfo.U_MCAST_ADDR + i);
        }
        return address;
    }

    /**
     * Reads the slots after the first. The size in the first is that of the frame; it is made that
     * of its own piece here.
     *
     * @return false if the frame is to be refused, its slots being passed over
     */
    private boolean takeFragments(int produced) {
        boolean whole = true;
        boolean more = (flags & NetifTxFlag.MORE_DATA) != 0;
        while (more) {
            if (requestConsumer == produced) {
                problem = "Asked for %d slots but exceeds this limit".formatted(fragments + 1);
                return false;
            }
            if (fragments >= FRAGMENTS_FATAL) {
                problem = "Malicious frontend using %d slots".formatted(fragments + 1);
                return false;
            }
            whole &= fragments < FRAGMENTS_MAX;
            // The last place serves for what is refused anyway.
            int slot = Math.min(++fragments, FRAGMENTS_MAX);
            more =
                    (memory.getShort(entry(requestConsumer) + NetifTxRequest.FLAGS)
                                    & NetifTxFlag.MORE_DATA)
                            != 0;
            readRequest(requestConsumer++, slot);
            if (offsets[slot] + sizes[slot] > PAGE_SIZE) {
                problem =
                        "Cross page boundary, offset %d, size %d"
                                .formatted(offsets[slot], sizes[slot]);
                return false;
            }
            whole &= sizes[slot] <= sizes[0];
            sizes[0] -= whole ? sizes[slot] : 0;
        }
        return whole;
    }

    /** Answers all slots of the frame at hand with an error. */
    private void refuseFrame() {
        int first = requestConsumer - fragments;
        respond(0, false);
        for (int i = 0; i < fragments; i++) {
            int id = memory.getShort(entry(first + i) + NetifTxRequest.ID);
            respondOne(id, NetifResponseStatus.ERROR);
        }
    }

    /** Collects the frame, and answers each slot; false if one of them could not be read. */
    private boolean copyFrame() {
        boolean whole = true;
        int at = 0;
        for (int slot = 0; slot <= fragments; slot++) {
            boolean read =
                    grants.read(refs[slot], offsets[slot], frame, at, sizes[slot])
                            == GrantStatus.OKAY;
            whole &= read;
            at += sizes[slot];
            respond(slot, read);
        }
        return whole;
    }

    private void respond(int slot, boolean done) {
        respondOne(ids[slot], done ? NetifResponseStatus.OKAY : NetifResponseStatus.ERROR);
        for (int i = 0; slot == 0 && i < extras; i++) {
            respondOne(0, NetifResponseStatus.NULL);
        }
    }

    private void respondOne(int id, int status) {
        long entry = entry(responseProducer++);
        if (status != NetifResponseStatus.NULL) {
            memory.setShort(entry + NetifTxResponse.ID, id);
        }
        memory.setShort(entry + NetifTxResponse.STATUS, status);
    }

    private void handOn(int total, FrameOutput output) {
        FrameOffload offload = FrameOffload.NONE;
        if (segmented) {
            if (lastSegments.gsoSize() != gsoSize || lastSegments.gsoType() != gsoType) {
                lastSegments = FrameOffload.segments(gsoType, gsoSize);
            }
            offload = lastSegments;
            // Some frontends forget to say so.
            if ((flags & NetifTxFlag.CSUM_BLANK) == 0 && headers.parse(frame, 0, total)) {
                headers.blankChecksum(frame);
            }
        } else if ((flags & NetifTxFlag.CSUM_BLANK) != 0) {
            offload = FrameOffload.BLANK;
        } else if ((flags & NetifTxFlag.DATA_VALIDATED) != 0) {
            offload = FrameOffload.VALIDATED;
        }
        output.frame(frame, 0, total, offload);
    }

    /** Where the ring is and how far it is served; no frame is in hand between two services. */
    void state(StateFields s) {
        ring = s.int64("ring", ring, 0, (memory.frames() - 1) << PAGE_SHIFT);
        requestConsumer = s.int32("requestConsumer", requestConsumer);
        responseProducer = s.int32("responseProducer", responseProducer);
        problem = s.optionalText("problem", problem, PROBLEM_MAX);
    }
}
