package dev.vls.machine.device.net;

import static dev.vls.machine.memory.MachineMemory.PAGE_SHIFT;
import static dev.vls.machine.memory.MachineMemory.PAGE_SIZE;

import dev.vls.machine.grant.BackendGrants;
import dev.vls.machine.memory.MachineMemory;
import dev.vls.machine.state.StateFields;
import dev.vls.xen.abi.grant.GrantStatus;
import dev.vls.xen.abi.io.NetifExtraInfo;
import dev.vls.xen.abi.io.NetifExtraType;
import dev.vls.xen.abi.io.NetifRxFlag;
import dev.vls.xen.abi.io.NetifRxRequest;
import dev.vls.xen.abi.io.NetifRxResponse;
import dev.vls.xen.abi.io.NetifRxSring;
import dev.vls.xen.abi.io.SharedRing;
import org.jspecify.annotations.Nullable;

/** The backend's end of the ring by which the guest receives: fills the pages it has posted. */
final class ReceiveRing {
    private static final int SIZE = NetifRxSring.ENTRIES_PER_PAGE;

    private final MachineMemory memory;
    private final BackendGrants grants;
    private long ring;
    private int requestConsumer;
    private int published;
    private @Nullable String problem;

    ReceiveRing(MachineMemory memory, BackendGrants grants) {
        this.memory = memory;
        this.grants = grants;
    }

    /** As {@link TransmitRing#attach}. */
    boolean attach(long mfn) {
        ring = mfn << PAGE_SHIFT;
        published = memory.getInt(ring + NetifRxSring.RSP_PROD);
        requestConsumer = published;
        problem = null;
        int produced = memory.getInt(ring + NetifRxSring.REQ_PROD);
        return !SharedRing.requestProducerOverflows(produced, published, SIZE);
    }

    /** What the guest did that ends all service; null as long as it behaves. */
    @Nullable String problem() {
        return problem;
    }

    /** Pages that a frame takes, an extra slot included. */
    static int slots(int length, FrameOffload offload) {
        return ((length + PAGE_SIZE - 1) >>> PAGE_SHIFT) + (offload.isSegmented() ? 1 : 0);
    }

    /**
     * Puts a frame into the ring; {@link #publish} hands it over.
     *
     * @return false if there is no room; the guest will send an event when it has posted a page
     */
    boolean put(byte[] frame, int offset, int length, FrameOffload offload) {
        int produced = memory.getInt(ring + NetifRxSring.REQ_PROD);
        if (SharedRing.requestProducerOverflows(produced, requestConsumer, SIZE)) {
            problem =
                    "Impossible number of requests. req_prod %d, req_cons %d, size %d"
                            .formatted(produced, requestConsumer, SIZE);
            return false;
        }
        if (produced - requestConsumer < slots(length, offload)) {
            memory.setInt(ring + NetifRxSring.REQ_EVENT, produced + 1);
            return false;
        }
        int flags =
                switch (offload.checksum()) {
                    case NONE -> 0;
                    case VALIDATED -> NetifRxFlag.DATA_VALIDATED;
                    case BLANK -> NetifRxFlag.CSUM_BLANK | NetifRxFlag.DATA_VALIDATED;
                };
        flags |= offload.isSegmented() ? NetifRxFlag.EXTRA_INFO : 0;
        int at = 0;
        while (at < length) {
            int count = Math.min(PAGE_SIZE, length - at);
            boolean more = at + count < length;
            fill(frame, offset + at, count, flags | (more ? NetifRxFlag.MORE_DATA : 0));
            if (at == 0 && offload.isSegmented()) {
                putSegments(offload);
            }
            flags = 0;
            at += count;
        }
        return true;
    }

    private long entry(int index) {
        return ring
                + NetifRxSring.RING
                + (long) SharedRing.slot(index, SIZE) * NetifRxSring.ENTRY_SIZE;
    }

    private void fill(byte[] frame, int offset, int count, int flags) {
        long entry = entry(requestConsumer++);
        int id = memory.getShort(entry + NetifRxRequest.ID);
        int ref = memory.getInt(entry + NetifRxRequest.GREF);
        int status = grants.write(ref, 0, frame, offset, count);
        memory.setShort(entry + NetifRxResponse.ID, id);
        memory.setShort(entry + NetifRxResponse.OFFSET, 0);
        memory.setShort(entry + NetifRxResponse.FLAGS, flags);
        memory.setShort(
                entry + NetifRxResponse.STATUS, status == GrantStatus.OKAY ? count : status);
    }

    private void putSegments(FrameOffload offload) {
        long entry = entry(requestConsumer++);
        memory.setByte(entry + NetifExtraInfo.TYPE, NetifExtraType.GSO);
        memory.setByte(entry + NetifExtraInfo.FLAGS, 0);
        memory.setShort(entry + NetifExtraInfo.U_GSO_SIZE, offload.gsoSize());
        // The byte after the type is padding.
        memory.setShort(entry + NetifExtraInfo.U_GSO_TYPE, offload.gsoType());
        memory.setShort(entry + NetifExtraInfo.U_GSO_FEATURES, 0);
    }

    /**
     * Hands over what was put.
     *
     * @return whether the guest wants to be told
     */
    boolean publish() {
        int before = published;
        if (before == requestConsumer) {
            return false;
        }
        published = requestConsumer;
        memory.setInt(ring + NetifRxSring.RSP_PROD, published);
        int event = memory.getInt(ring + NetifRxSring.RSP_EVENT);
        return SharedRing.notifyNeeded(before, published, event);
    }

    void state(StateFields s) {
        ring = s.int64("ring", ring, 0, (memory.frames() - 1) << PAGE_SHIFT);
        requestConsumer = s.int32("requestConsumer", requestConsumer);
        published = s.int32("published", published);
        problem = s.optionalText("problem", problem, TransmitRing.PROBLEM_MAX);
    }
}
