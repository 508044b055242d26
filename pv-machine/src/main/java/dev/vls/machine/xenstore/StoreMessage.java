package dev.vls.machine.xenstore;

import dev.vls.xen.abi.io.XsdSockmsg;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

/** A message on its way to a client. */
final class StoreMessage {
    private static final ValueLayout.OfInt LE_INT =
            ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    /** Header and payload. */
    final byte[] bytes;

    final boolean event;

    /**
     * Of a reply, its request; of an event, the request that caused it, or null where nobody is
     * held to account.
     */
    final @Nullable OutstandingRequest request;

    /** Bytes that the client has taken. */
    int taken;

    StoreMessage(byte[] bytes, boolean event, @Nullable OutstandingRequest request) {
        this.bytes = bytes;
        this.event = event;
        this.request = request;
    }

    static byte[] encode(int type, int requestId, int transactionId, String payload) {
        byte[] bytes = new byte[XsdSockmsg.SIZE + payload.length()];
        MemorySegment header = MemorySegment.ofArray(bytes);
        header.set(LE_INT, XsdSockmsg.TYPE, type);
        header.set(LE_INT, XsdSockmsg.REQ_ID, requestId);
        header.set(LE_INT, XsdSockmsg.TX_ID, transactionId);
        header.set(LE_INT, XsdSockmsg.LEN, payload.length());
        System.arraycopy(CText.bytes(payload), 0, bytes, XsdSockmsg.SIZE, payload.length());
        return bytes;
    }

    /** A field of a header that stands at the start of an array. */
    static int field(byte[] header, int offset) {
        return MemorySegment.ofArray(header).get(LE_INT, offset);
    }
}
