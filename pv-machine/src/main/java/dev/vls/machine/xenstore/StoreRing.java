package dev.vls.machine.xenstore;

import dev.vls.xen.abi.io.XenstoreDomainInterface;
import dev.vls.xen.abi.io.XenstoreLimits;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/**
 * Carries bytes between a domain's ring page ({@code struct xenstore_domain_interface}, {@code
 * io/xs_wire.h}) and its connection. The page is the guest's: indices that cannot be end the
 * connection, with the reason in the page.
 */
public final class StoreRing {
    private static final ValueLayout.OfInt INDEX =
            ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final int RING_SIZE = XenstoreLimits.RING_SIZE;

    private final MemorySegment page;
    private final StoreConnection connection;
    private final byte[] chunk = new byte[RING_SIZE];

    /**
     * @param page the domain's page
     */
    public StoreRing(MemorySegment page, StoreConnection connection) {
        this.page = page;
        this.connection = connection;
    }

    /** Says in the page what the store supports, as before a domain is introduced. */
    public void initialize() {
        reset();
        page.set(
                INDEX,
                XenstoreDomainInterface.SERVER_FEATURES,
                XenstoreLimits.SERVER_FEATURE_RECONNECTION | XenstoreLimits.SERVER_FEATURE_ERROR);
    }

    /**
     * Starts anew with an empty ring.
     *
     * @return whether the domain waits to be told, through its event channel
     */
    public boolean reset() {
        page.set(INDEX, XenstoreDomainInterface.REQ_CONS, 0);
        page.set(INDEX, XenstoreDomainInterface.REQ_PROD, 0);
        page.set(INDEX, XenstoreDomainInterface.RSP_CONS, 0);
        page.set(INDEX, XenstoreDomainInterface.RSP_PROD, 0);
        boolean waiting =
                page.get(INDEX, XenstoreDomainInterface.CONNECTION) == XenstoreLimits.RECONNECT;
        if (waiting) {
            page.set(INDEX, XenstoreDomainInterface.CONNECTION, XenstoreLimits.CONNECTED);
        }
        return waiting;
    }

    /**
     * Moves what can be moved.
     *
     * @return whether the domain is to be notified through its event channel
     */
    public boolean pump() {
        boolean notify = false;
        boolean moved = true;
        while (moved && connection.error() == XenstoreLimits.ERROR_NONE) {
            moved = takeRequests();
            moved |= connection.error() == XenstoreLimits.ERROR_NONE && giveAnswers();
            notify |= moved;
        }
        if (connection.error() != XenstoreLimits.ERROR_NONE) {
            page.set(INDEX, XenstoreDomainInterface.ERROR, connection.error());
        }
        return notify;
    }

    private boolean takeRequests() {
        int consumed = page.get(INDEX, XenstoreDomainInterface.REQ_CONS);
        int used = page.get(INDEX, XenstoreDomainInterface.REQ_PROD) - consumed;
        if (used == 0 || !connection.wantsInput()) {
            return false;
        }
        if (Integer.compareUnsigned(used, RING_SIZE) > 0) {
            connection.fail(XenstoreLimits.ERROR_RINGIDX);
            return false;
        }
        int at = consumed & (RING_SIZE - 1);
        int length = Math.min(used, RING_SIZE - at);
        MemorySegment.copy(
                page, ValueLayout.JAVA_BYTE, XenstoreDomainInterface.REQ + at, chunk, 0, length);
        int taken = connection.accept(chunk, 0, length);
        page.set(INDEX, XenstoreDomainInterface.REQ_CONS, consumed + taken);
        return taken > 0;
    }

    private boolean giveAnswers() {
        int produced = page.get(INDEX, XenstoreDomainInterface.RSP_PROD);
        int used = produced - page.get(INDEX, XenstoreDomainInterface.RSP_CONS);
        if (used == RING_SIZE || !connection.hasOutput()) {
            return false;
        }
        if (Integer.compareUnsigned(used, RING_SIZE) > 0) {
            connection.fail(XenstoreLimits.ERROR_RINGIDX);
            return false;
        }
        int at = produced & (RING_SIZE - 1);
        int length = connection.drain(chunk, 0, Math.min(RING_SIZE - used, RING_SIZE - at));
        MemorySegment.copy(
                chunk, 0, page, ValueLayout.JAVA_BYTE, XenstoreDomainInterface.RSP + at, length);
        page.set(INDEX, XenstoreDomainInterface.RSP_PROD, produced + length);
        return length > 0;
    }
}
