package dev.vls.machine.device.block;

import dev.vls.machine.device.xenbus.DriverDomain;
import dev.vls.machine.device.xenbus.GrantedPages;
import dev.vls.machine.state.StateFields;
import dev.vls.xen.abi.io.BlkifResponse;
import dev.vls.xen.abi.io.BlkifSring;
import dev.vls.xen.abi.io.SharedRing;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** The backend's end of a block ring: its own indices, and what it reads and writes of the page. */
final class BlockRing {
    private final GrantedPages pages;
    private final byte[] response = new byte[BlkifResponse.SIZE];
    private final ByteBuffer responseFields =
            ByteBuffer.wrap(response).order(ByteOrder.LITTLE_ENDIAN);
    private int size;
    private int requestConsumer;

    /** Of responses written, and of those shown to the frontend. */
    private int responseProducer;

    private int shownResponses;

    BlockRing(DriverDomain home) {
        pages = new GrantedPages(home);
    }

    /**
     * Maps a ring; the frontend has initialised it, or goes on with it.
     *
     * @return a {@link dev.vls.xen.abi.grant.GrantStatus}
     */
    int map(int[] refs) {
        int result = pages.map(refs);
        if (result == 0) {
            size = SharedRing.size(pages.byteSize(), BlkifSring.RING, BlkifSring.ENTRY_SIZE);
            responseProducer = pages.getInt(BlkifSring.RSP_PROD);
            shownResponses = responseProducer;
            requestConsumer = responseProducer;
        }
        return result;
    }

    boolean isMapped() {
        return pages.isMapped();
    }

    void unmap() {
        pages.unmap();
    }

    /** Whether the frontend claims more requests than the ring has room for. */
    boolean isBroken() {
        return SharedRing.requestProducerOverflows(
                pages.getInt(BlkifSring.REQ_PROD), responseProducer, size);
    }

    boolean hasRequest() {
        return requestConsumer != pages.getInt(BlkifSring.REQ_PROD)
                && !SharedRing.requestConsumerOverflows(requestConsumer, responseProducer, size);
    }

    /** Takes the next request. */
    void take(BlockRequest request) {
        pages.read(entry(requestConsumer), request.entry, BlkifSring.ENTRY_SIZE);
        requestConsumer++;
        request.decode();
    }

    /** All requests are taken: the frontend is to send an event with the next. */
    void askForEvent() {
        pages.setInt(BlkifSring.REQ_EVENT, requestConsumer + 1);
    }

    /** Writes a response; {@link #show} makes the frontend see it. */
    void respond(long id, int operation, int status) {
        responseFields.putLong(BlkifResponse.ID, id);
        responseFields.put(BlkifResponse.OPERATION, (byte) operation);
        responseFields.putShort(BlkifResponse.STATUS, (short) status);
        pages.write(entry(responseProducer), response, BlkifResponse.SIZE);
        responseProducer++;
    }

    /** Shows the frontend its responses; answers whether it wants an event. */
    boolean show() {
        if (responseProducer == shownResponses) {
            return false;
        }
        int before = shownResponses;
        shownResponses = responseProducer;
        pages.setInt(BlkifSring.RSP_PROD, responseProducer);
        return SharedRing.notifyNeeded(
                before, responseProducer, pages.getInt(BlkifSring.RSP_EVENT));
    }

    private int entry(int index) {
        return BlkifSring.RING + SharedRing.slot(index, size) * BlkifSring.ENTRY_SIZE;
    }

    void state(StateFields s, int pagesMax) {
        pages.state(s, pagesMax);
        if (pages.isMapped() && s.restores()) {
            size = SharedRing.size(pages.byteSize(), BlkifSring.RING, BlkifSring.ENTRY_SIZE);
        }
        requestConsumer = s.int32("requestConsumer", requestConsumer);
        responseProducer = s.int32("responseProducer", responseProducer);
        shownResponses = s.int32("shownResponses", shownResponses);
    }
}
