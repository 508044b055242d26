package dev.vls.machine.xenstore;

import dev.vls.xen.abi.io.XenstoreLimits;
import dev.vls.xen.abi.io.XenstoreMessageType;
import dev.vls.xen.abi.io.XsdSockmsg;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One client's stream of bytes in both directions: requests in, in whatever pieces; replies and
 * events out. No input makes it throw: what breaks the protocol ends the connection, as {@code
 * error()} says.
 */
public final class StoreConnection {
    private static final byte[] NO_PAYLOAD = {};

    /** Short replies are never refused for memory: the error itself must go through. */
    private static final int SHORT_REPLY_MAX = 16;

    final int domid;

    /** A domain over its ring, or the toolstack over a connection of its own. */
    final boolean ofDomain;

    final byte[] header = new byte[XsdSockmsg.SIZE];
    int headerUsed;
    byte[] payload = NO_PAYLOAD;
    int payloadUsed;

    final Deque<StoreMessage> output = new ArrayDeque<>();
    final List<OutstandingRequest> answered = new ArrayList<>();
    final List<StoreWatch> watches = new ArrayList<>();
    final Map<Integer, StoreTransaction> transactions = new LinkedHashMap<>();
    int nextTransactionId;

    /** The domain whose rights this one has besides its own; -1 for none. */
    int target = -1;

    int error;

    private final XenstoreServer server;

    StoreConnection(XenstoreServer server, int domid, boolean ofDomain) {
        this.server = server;
        this.domid = domid;
        this.ofDomain = ofDomain;
    }

    /** Whose it is. */
    public int domid() {
        return domid;
    }

    /**
     * Takes bytes of requests and carries out what is complete.
     *
     * @return bytes taken: fewer than given if the client must first take answers, or is cut off
     */
    public int accept(byte[] bytes, int offset, int length) {
        int taken = 0;
        while (taken < length && wantsInput()) {
            taken += step(bytes, offset + taken, length - taken);
        }
        return taken;
    }

    /** Whether bytes would be taken: not when cut off, or when too much is outstanding. */
    public boolean wantsInput() {
        return error == XenstoreLimits.ERROR_NONE && server.mayRead(this);
    }

    /**
     * Gives bytes of replies and events.
     *
     * @return bytes given
     */
    public int drain(byte[] bytes, int offset, int length) {
        int given = 0;
        while (given < length && !output.isEmpty()) {
            StoreMessage message = output.getFirst();
            int part = Math.min(length - given, message.bytes.length - message.taken);
            System.arraycopy(message.bytes, message.taken, bytes, offset + given, part);
            given += part;
            message.taken += part;
            if (message.taken == message.bytes.length) {
                release(output.removeFirst());
            }
        }
        return given;
    }

    public boolean hasOutput() {
        return !output.isEmpty();
    }

    /** {@link XenstoreLimits#ERROR_NONE}, or why the connection was given up. */
    public int error() {
        return error;
    }

    /**
     * Gives the connection up: nothing is taken or given any more.
     *
     * @param reason such as {@link XenstoreLimits#ERROR_RINGIDX}
     */
    public void fail(int reason) {
        error = reason;
        reset();
    }

    boolean isUnprivileged() {
        return ofDomain && StoreDomain.isUnprivileged(domid);
    }

    boolean actsFor(int otherDomid) {
        return otherDomid == domid || (target >= 0 && otherDomid == target);
    }

    /** Forgets watches, transactions, and everything half sent or half taken. */
    void reset() {
        forgetWatchesAndTransactions();
        while (!output.isEmpty()) {
            release(output.removeFirst());
        }
        headerUsed = 0;
        payloadUsed = 0;
        payload = NO_PAYLOAD;
    }

    void forgetWatchesAndTransactions() {
        for (StoreWatch watch : watches) {
            server.countWatch(this, watch, -1);
        }
        watches.clear();
        transactions.values().forEach(StoreTransaction::discard);
        transactions.clear();
    }

    /** Takes part of a header or payload; answers how much. */
    private int step(byte[] bytes, int offset, int length) {
        int part;
        if (headerUsed < XsdSockmsg.SIZE) {
            part = Math.min(length, XsdSockmsg.SIZE - headerUsed);
            System.arraycopy(bytes, offset, header, headerUsed, part);
            headerUsed += part;
            if (headerUsed == XsdSockmsg.SIZE) {
                beginPayload();
            }
        } else {
            part = Math.min(length, payload.length - payloadUsed);
            System.arraycopy(bytes, offset, payload, payloadUsed, part);
            payloadUsed += part;
        }
        if (headerUsed == XsdSockmsg.SIZE && payloadUsed == payload.length) {
            headerUsed = 0;
            payloadUsed = 0;
            server.process(this, CText.of(payload, 0, payload.length));
        }
        return part;
    }

    private void beginPayload() {
        int length = StoreMessage.field(header, XsdSockmsg.LEN);
        if (Integer.compareUnsigned(length, XenstoreLimits.PAYLOAD_MAX) > 0) {
            fail(XenstoreLimits.ERROR_PROTO);
            return;
        }
        payload = length == 0 ? NO_PAYLOAD : new byte[length];
        payloadUsed = 0;
    }

    /** Queues the answer to the request in hand. */
    void reply(OutstandingRequest request, int type, String answer) {
        String text = answer;
        int sentType = type;
        if (text.length() > XenstoreLimits.PAYLOAD_MAX) {
            sentType = XenstoreMessageType.ERROR;
            text = StoreRefusal.E2BIG.wireName() + '\0';
        }
        boolean checked = text.length() > SHORT_REPLY_MAX;
        if (!server.domains().addMemory(domid, text.length() + XsdSockmsg.SIZE, checked)) {
            sentType = XenstoreMessageType.ERROR;
            text = StoreRefusal.ENOMEM.wireName() + '\0';
            server.domains().addMemory(domid, text.length() + XsdSockmsg.SIZE, false);
        }
        int requestId = StoreMessage.field(header, XsdSockmsg.REQ_ID);
        int transactionId = StoreMessage.field(header, XsdSockmsg.TX_ID);
        byte[] bytes = StoreMessage.encode(sentType, requestId, transactionId, text);
        output.addLast(new StoreMessage(bytes, false, request));
        server.countOutstanding(this, 1);
    }

    /**
     * Queues an event, unless the very same waits already, it is too long, or the client's memory
     * is used up: there is nobody to tell.
     */
    void sendEvent(@Nullable OutstandingRequest cause, String path, String token) {
        String text = path + '\0' + token + '\0';
        if (text.length() > XenstoreLimits.PAYLOAD_MAX) {
            return;
        }
        byte[] bytes = StoreMessage.encode(XenstoreMessageType.WATCH_EVENT, 0, 0, text);
        if (!StorePaths.isSpecial(path)) {
            for (StoreMessage waiting : output) {
                if (waiting.event && Arrays.equals(waiting.bytes, bytes)) {
                    return;
                }
            }
        }
        if (!server.domains().addMemory(domid, bytes.length, true)) {
            return;
        }
        if (cause != null) {
            cause.events++;
        }
        output.addLast(new StoreMessage(bytes, true, cause));
    }

    /** A message is off the list. */
    private void release(StoreMessage message) {
        server.domains().addMemory(domid, -message.bytes.length, false);
        OutstandingRequest request = message.request;
        if (request == null) {
            return;
        }
        if (message.event) {
            request.events--;
            if (request.events == 0 && request.awaitsEvents) {
                server.settle(request);
            }
        } else if (request.events > 0) {
            request.awaitsEvents = true;
            answered.add(request);
        } else {
            server.countOutstanding(this, -1);
        }
    }
}
