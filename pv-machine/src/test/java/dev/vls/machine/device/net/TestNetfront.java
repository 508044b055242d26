package dev.vls.machine.device.net;

import static dev.vls.machine.memory.MachineMemory.PAGE_SHIFT;
import static dev.vls.machine.memory.MachineMemory.PAGE_SIZE;

import dev.vls.machine.device.DeviceMachine;
import dev.vls.machine.frames.SmallMachine;
import dev.vls.machine.grant.GuestGrants;
import dev.vls.machine.memory.MachineMemory;
import dev.vls.xen.abi.io.NetifExtraInfo;
import dev.vls.xen.abi.io.NetifExtraType;
import dev.vls.xen.abi.io.NetifRxFlag;
import dev.vls.xen.abi.io.NetifRxRequest;
import dev.vls.xen.abi.io.NetifRxResponse;
import dev.vls.xen.abi.io.NetifRxSring;
import dev.vls.xen.abi.io.NetifTxFlag;
import dev.vls.xen.abi.io.NetifTxRequest;
import dev.vls.xen.abi.io.NetifTxResponse;
import dev.vls.xen.abi.io.NetifTxSring;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The guest's end of a network interface, in real guest memory: both rings, pages to send from and
 * pages to receive into, all granted to the backend. Page n is granted as reference n + {@link
 * #FIRST_REF}.
 */
final class TestNetfront {
    static final int FIRST_REF = 16;
    static final int TX_RING_PFN = DeviceMachine.FREE_PFN;
    static final int RX_RING_PFN = TX_RING_PFN + 1;
    static final int TX_PFN = RX_RING_PFN + 1;
    private static final int TX_PAGES = 64;
    private static final int RX_PFN = TX_PFN + TX_PAGES;
    static final int RX_PAGES = 256;

    final SmallMachine machine;
    final MachineMemory memory;
    final long txRing;
    final long rxRing;
    int txProduced;
    int txConsumed;
    int rxProduced;
    int rxConsumed;
    private int nextTxPage;
    private int pageOfNextPost;
    private final int[] postedPage = new int[RX_PAGES];

    TestNetfront(SmallMachine machine) {
        this.machine = machine;
        this.memory = machine.memory;
        txRing = machine.mfns[TX_RING_PFN] << PAGE_SHIFT;
        rxRing = machine.mfns[RX_RING_PFN] << PAGE_SHIFT;
        for (int pfn = 0; pfn < RX_PFN + RX_PAGES; pfn++) {
            new GuestGrants(machine.grants, memory)
                    .grant(FIRST_REF + pfn, machine.mfns[pfn], false);
        }
        restart();
    }

    /** Makes new rings, as a driver does that connects again. */
    final void restart() {
        txProduced = 0;
        txConsumed = 0;
        rxProduced = 0;
        rxConsumed = 0;
        memory.fill(txRing, PAGE_SIZE, 0);
        memory.fill(rxRing, PAGE_SIZE, 0);
        memory.setInt(txRing + NetifTxSring.REQ_EVENT, 1);
        memory.setInt(txRing + NetifTxSring.RSP_EVENT, 1);
        memory.setInt(rxRing + NetifRxSring.REQ_EVENT, 1);
        memory.setInt(rxRing + NetifRxSring.RSP_EVENT, 1);
    }

    /** Pages of a machine that has room for this. */
    static final int MACHINE_PAGES = RX_PFN + RX_PAGES + 8;

    int txRef() {
        return FIRST_REF + TX_RING_PFN;
    }

    int rxRef() {
        return FIRST_REF + RX_RING_PFN;
    }

    // --- sending ---

    private long txEntry(int index) {
        return txRing + NetifTxSring.RING + (long) (index & 255) * NetifTxSring.ENTRY_SIZE;
    }

    /** Writes a request; {@link #publishTx} hands it over. */
    void request(int ref, int offset, int flags, int id, int size) {
        long entry = txEntry(txProduced++);
        memory.setInt(entry + NetifTxRequest.GREF, ref);
        memory.setShort(entry + NetifTxRequest.OFFSET, offset);
        memory.setShort(entry + NetifTxRequest.FLAGS, flags);
        memory.setShort(entry + NetifTxRequest.ID, id);
        memory.setShort(entry + NetifTxRequest.SIZE_FIELD, size);
    }

    void extra(int type, int flags, byte[] rest) {
        long entry = txEntry(txProduced++);
        memory.setByte(entry + NetifExtraInfo.TYPE, type);
        memory.setByte(entry + NetifExtraInfo.FLAGS, flags);
        memory.write(entry + 2, rest, 0, rest.length);
    }

    void segmentsExtra(int gsoType, int gsoSize, int flags) {
        extra(
                NetifExtraType.GSO,
                flags,
                new byte[] {(byte) gsoSize, (byte) (gsoSize >> 8), (byte) gsoType, 0, 0, 0});
    }

    /**
     * Sends a frame in pieces of the sizes given, the last one taking the rest, each in a page of
     * its own.
     *
     * @return the id of its first request
     */
    int send(byte[] frame, FrameOffload offload, int... sizes) {
        int first = txProduced;
        int at = 0;
        for (int i = 0; at < frame.length || i == 0; i++) {
            int wanted = i < sizes.length ? sizes[i] : PAGE_SIZE;
            int size = Math.min(Math.min(wanted, PAGE_SIZE), frame.length - at);
            boolean more = at + size < frame.length;
            int offset = PAGE_SIZE - size;
            int pfn = TX_PFN + nextTxPage++ % TX_PAGES;
            memory.write((machine.mfns[pfn] << PAGE_SHIFT) + offset, frame, at, size);
            int flags = more ? NetifTxFlag.MORE_DATA : 0;
            if (i == 0) {
                flags |=
                        switch (offload.checksum()) {
                            case NONE -> 0;
                            case VALIDATED -> NetifTxFlag.DATA_VALIDATED;
                            case BLANK -> NetifTxFlag.CSUM_BLANK | NetifTxFlag.DATA_VALIDATED;
                        };
                flags |= offload.isSegmented() ? NetifTxFlag.EXTRA_INFO : 0;
            }
            request(FIRST_REF + pfn, offset, flags, txProduced, i == 0 ? frame.length : size);
            if (i == 0 && offload.isSegmented()) {
                segmentsExtra(offload.gsoType(), offload.gsoSize(), 0);
            }
            at += size;
        }
        publishTx();
        return first;
    }

    /** Hands over the requests; answers whether the backend wants an event. */
    boolean publishTx() {
        int before = memory.getInt(txRing + NetifTxSring.REQ_PROD);
        memory.setInt(txRing + NetifTxSring.REQ_PROD, txProduced);
        int event = memory.getInt(txRing + NetifTxSring.REQ_EVENT);
        return Integer.compareUnsigned(txProduced - event, txProduced - before) < 0;
    }

    /** A response to a request: its id, or -1 for the slot of an extra. */
    record TxResponse(int id, int status) {}

    List<TxResponse> txResponses() {
        List<TxResponse> responses = new ArrayList<>();
        int produced = memory.getInt(txRing + NetifTxSring.RSP_PROD);
        while (txConsumed != produced) {
            long entry = txEntry(txConsumed++);
            int status = (short) memory.getShort(entry + NetifTxResponse.STATUS);
            int id = memory.getShort(entry + NetifTxResponse.ID);
            responses.add(new TxResponse(status == 1 ? -1 : id, status));
        }
        memory.setInt(txRing + NetifTxSring.RSP_EVENT, txConsumed + 1);
        return responses;
    }

    // --- receiving ---

    private long rxEntry(int index) {
        return rxRing + NetifRxSring.RING + (long) (index & 255) * NetifRxSring.ENTRY_SIZE;
    }

    /** Posts pages; answers whether the backend wants an event. */
    boolean post(int pages) {
        for (int i = 0; i < pages; i++) {
            int page = pageOfNextPost++ % RX_PAGES;
            postedPage[rxProduced & 255] = page;
            long entry = rxEntry(rxProduced++);
            memory.setShort(entry + NetifRxRequest.ID, page);
            memory.setInt(entry + NetifRxRequest.GREF, FIRST_REF + RX_PFN + page);
        }
        return publishRx();
    }

    boolean publishRx() {
        int before = memory.getInt(rxRing + NetifRxSring.REQ_PROD);
        memory.setInt(rxRing + NetifRxSring.REQ_PROD, rxProduced);
        int event = memory.getInt(rxRing + NetifRxSring.REQ_EVENT);
        return Integer.compareUnsigned(rxProduced - event, rxProduced - before) < 0;
    }

    void setRxRef(int index, int ref) {
        memory.setInt(rxEntry(index) + NetifRxRequest.GREF, ref);
    }

    @SuppressWarnings("ArrayRecordComponent") // Compared by nobody.
    record Received(byte[] bytes, FrameOffload offload) {}

    /** Takes one frame; null if there is none, an exception where a netfront would complain. */
    @Nullable Received receive() {
        int produced = memory.getInt(rxRing + NetifRxSring.RSP_PROD);
        if (rxConsumed == produced) {
            memory.setInt(rxRing + NetifRxSring.RSP_EVENT, rxConsumed + 1);
            return null;
        }
        ByteArrayOutputStream frame = new ByteArrayOutputStream();
        int firstFlags = memory.getShort(rxEntry(rxConsumed) + NetifRxResponse.FLAGS);
        int gsoType = 0;
        int gsoSize = 0;
        int flags = firstFlags;
        boolean more = true;
        for (int slot = 0; more; slot++) {
            if (rxConsumed == produced) {
                throw new AssertionError("the rest of a frame is missing");
            }
            long entry = rxEntry(rxConsumed);
            if (slot == 1 && (firstFlags & NetifRxFlag.EXTRA_INFO) != 0) {
                gsoSize = memory.getShort(entry + NetifExtraInfo.U_GSO_SIZE);
                gsoType = memory.getByte(entry + NetifExtraInfo.U_GSO_TYPE);
                rxConsumed++;
                if (rxConsumed == produced && (flags & NetifRxFlag.MORE_DATA) != 0) {
                    throw new AssertionError("the rest of a frame is missing");
                }
                more = (flags & NetifRxFlag.MORE_DATA) != 0;
                continue;
            }
            int page = postedPage[rxConsumed++ & 255];
            flags = memory.getShort(entry + NetifRxResponse.FLAGS);
            int status = (short) memory.getShort(entry + NetifRxResponse.STATUS);
            if (memory.getShort(entry + NetifRxResponse.ID) != page || status <= 0) {
                throw new AssertionError("bad response, status " + status);
            }
            byte[] part = new byte[status];
            int offset = memory.getShort(entry + NetifRxResponse.OFFSET);
            long at = (machine.mfns[RX_PFN + page] << PAGE_SHIFT) + offset;
            memory.read(at, part, 0, status);
            frame.writeBytes(part);
            boolean extra = slot == 0 && (firstFlags & NetifRxFlag.EXTRA_INFO) != 0;
            more = extra || (flags & NetifRxFlag.MORE_DATA) != 0;
        }
        return new Received(frame.toByteArray(), offload(firstFlags, gsoType, gsoSize));
    }

    private static FrameOffload offload(int flags, int gsoType, int gsoSize) {
        if (gsoSize > 0) {
            return FrameOffload.segments(gsoType, gsoSize);
        }
        if ((flags & NetifRxFlag.CSUM_BLANK) != 0) {
            return FrameOffload.BLANK;
        }
        boolean validated = (flags & NetifRxFlag.DATA_VALIDATED) != 0;
        return validated ? FrameOffload.VALIDATED : FrameOffload.NONE;
    }

    /** Frames that the guest sent, as an output of the machine. */
    static final class Wire implements FrameOutput {
        final List<Received> frames = new ArrayList<>();

        @Override
        public void frame(byte[] bytes, int offset, int length, FrameOffload offload) {
            frames.add(new Received(Arrays.copyOfRange(bytes, offset, offset + length), offload));
        }
    }
}
