package dev.vls.machine.xenstore;

import dev.vls.machine.state.StateFields;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The store's state as fields. Equal states give equal bytes: everything is gone through in the
 * order in which the store itself keeps it.
 */
final class StoreSnapshot {
    private static final int NONE = -1;

    /** No list and no text of a store is anywhere near as long. */
    private static final int COUNT_MAX = 1 << 20;

    private final XenstoreServer server;
    private final StateFields s;
    private SortedMap<Long, OutstandingRequest> requests = new TreeMap<>();

    StoreSnapshot(XenstoreServer server, StateFields s) {
        this.server = server;
        this.s = s;
    }

    void state() {
        NodeTable table = server.table();
        table.generation = s.int64("generation", table.generation);
        server.setNextSerial(s.int64("nextSerial", server.nextSerial()));
        StoreDomains domains = server.domains();
        for (StoreQuota quota : StoreQuota.values()) {
            domains.limits.put(quota, s.int32(quota.wireName, domains.limit(quota)));
        }
        List<Integer> existing =
                s.list(
                        "existing",
                        domains.existing,
                        COUNT_MAX,
                        domid -> s.int32("domid", domid == null ? 0 : domid));
        domains.existing.clear();
        domains.existing.addAll(existing);
        server.special().replaceAll((path, permissions) -> permissions(permissions));
        nodes(table);
        requests();
        List<StoreConnection> connections =
                s.list("connections", server.connections(), COUNT_MAX, this::connection);
        server.connections().clear();
        server.connections().addAll(connections);
        List<StoreDomain> known = s.list("known", domains.all(), COUNT_MAX, this::domain);
        domains.known.clear();
        known.forEach(domain -> domains.known.put(domain.domid, domain));
    }

    private void nodes(NodeTable table) {
        List<Map.Entry<String, NodeRecord>> nodes =
                s.list(
                        "nodes",
                        table.nodes.entrySet(),
                        COUNT_MAX,
                        node ->
                                Map.entry(
                                        text("path", node == null ? "" : node.getKey()),
                                        record(node == null ? null : node.getValue())));
        table.nodes.clear();
        nodes.forEach(node -> table.nodes.put(node.getKey(), node.getValue()));
    }

    /** Every request that a message or a list still refers to. */
    private void requests() {
        SortedMap<Long, OutstandingRequest> present = new TreeMap<>();
        for (StoreConnection connection : server.connections()) {
            for (StoreMessage message : connection.output) {
                if (message.request != null) {
                    present.put(message.request.serial, message.request);
                }
            }
            connection.answered.forEach(request -> present.put(request.serial, request));
        }
        requests = new TreeMap<>();
        for (OutstandingRequest request :
                s.list("requests", present.values(), COUNT_MAX, this::request)) {
            requests.put(request.serial, request);
        }
    }

    private OutstandingRequest request(@Nullable OutstandingRequest present) {
        long serial = s.int64("serial", present == null ? 0 : present.serial);
        int domid = s.int32("domid", present == null ? 0 : present.domid);
        OutstandingRequest request =
                present == null ? new OutstandingRequest(serial, domid) : present;
        request.events = s.int32("events", request.events);
        request.awaitsEvents = s.flag("awaitsEvents", request.awaitsEvents);
        return request;
    }

    private @Nullable OutstandingRequest reference(@Nullable OutstandingRequest present) {
        long serial = s.int64("request", present == null ? NONE : present.serial);
        OutstandingRequest found = requests.get(serial);
        if (serial != NONE && found == null) {
            throw s.refusal("request", "there is none with the serial " + serial);
        }
        return found;
    }

    // --- connections ---

    private StoreConnection connection(@Nullable StoreConnection present) {
        int domid = s.int32("domid", present == null ? 0 : present.domid);
        boolean ofDomain = s.flag("ofDomain", present != null && present.ofDomain);
        StoreConnection c =
                present == null ? new StoreConnection(server, domid, ofDomain) : present;
        c.target = s.int32("target", c.target);
        c.error = s.int32("error", c.error);
        s.bytes("header", c.header);
        c.headerUsed = s.int32("headerUsed", c.headerUsed, 0, c.header.length);
        c.payload = s.blob("payload", c.payload, COUNT_MAX);
        c.payloadUsed = s.int32("payloadUsed", c.payloadUsed, 0, c.payload.length);
        c.nextTransactionId = s.int32("nextTransactionId", c.nextTransactionId);
        replace(c.output, s.list("output", c.output, COUNT_MAX, this::message));
        replace(
                c.answered,
                s.list(
                        "answered",
                        c.answered,
                        COUNT_MAX,
                        request -> {
                            OutstandingRequest found = reference(request);
                            if (found == null) {
                                throw s.refusal("answered", "no request");
                            }
                            return found;
                        }));
        replace(c.watches, s.list("watches", c.watches, COUNT_MAX, this::watch));
        List<StoreTransaction> transactions =
                s.list(
                        "transactions",
                        c.transactions.values(),
                        COUNT_MAX,
                        transaction -> transaction(transaction, c.domid));
        c.transactions.clear();
        transactions.forEach(transaction -> c.transactions.put(transaction.id, transaction));
        return c;
    }

    private static <T> void replace(Collection<T> all, List<T> by) {
        all.clear();
        all.addAll(by);
    }

    private StoreMessage message(@Nullable StoreMessage present) {
        byte[] bytes = s.blob("bytes", present == null ? new byte[0] : present.bytes, COUNT_MAX);
        boolean event = s.flag("event", present != null && present.event);
        int taken = s.int32("taken", present == null ? 0 : present.taken, 0, bytes.length);
        OutstandingRequest request = reference(present == null ? null : present.request);
        if (!event && request == null) {
            throw s.refusal("request", "missing for a reply");
        }
        StoreMessage message = present == null ? new StoreMessage(bytes, event, request) : present;
        message.taken = taken;
        return message;
    }

    private StoreWatch watch(@Nullable StoreWatch present) {
        return new StoreWatch(
                text("path", present == null ? "" : present.path()),
                text("token", present == null ? "" : present.token()),
                text("relativeTo", present == null ? "" : present.relativeTo()));
    }

    // --- transactions ---

    private StoreTransaction transaction(@Nullable StoreTransaction present, int domid) {
        int id = s.int32("id", present == null ? 0 : present.id);
        long generation = s.int64("generation", present == null ? 0 : present.generation);
        StoreTransaction t =
                present == null
                        ? new StoreTransaction(id, generation, domid, server.domains())
                        : present;
        t.touched = s.int32("touched", t.touched);
        t.createdNodes = s.flag("createdNodes", t.createdNodes);
        t.failed = s.flag("failed", t.failed);
        List<Map.Entry<Integer, Integer>> counts =
                s.list(
                        "nodeCounts",
                        List.copyOf(t.nodeCounts.entrySet()),
                        COUNT_MAX,
                        count ->
                                Map.entry(
                                        s.int32("owner", count == null ? 0 : count.getKey()),
                                        s.int32("change", count == null ? 0 : count.getValue())));
        counts.forEach(count -> t.nodeCounts.put(count.getKey(), count.getValue()));
        List<AccessedNode> accessed =
                s.list("accessed", t.accessed.values(), COUNT_MAX, this::accessed);
        t.accessed.clear();
        accessed.forEach(node -> t.accessed.put(node.path, node));
        return t;
    }

    private AccessedNode accessed(@Nullable AccessedNode present) {
        String path = text("path", present == null ? "" : present.path);
        long generation = s.int64("generation", present == null ? 0 : present.generation);
        StorePermissions before = present == null ? null : present.permissions;
        StorePermissions permissions =
                s.flag("existed", before != null) ? permissions(before) : null;
        AccessedNode node =
                present == null ? new AccessedNode(path, generation, permissions) : present;
        node.checked = s.flag("checked", node.checked);
        node.modified = s.flag("modified", node.modified);
        node.firesWatches = s.flag("firesWatches", node.firesWatches);
        node.exactWatches = s.flag("exactWatches", node.exactWatches);
        node.copy = s.flag("copied", node.copy != null) ? record(node.copy) : null;
        return node;
    }

    // --- domains, nodes ---

    private StoreDomain domain(@Nullable StoreDomain present) {
        int domid = s.int32("domid", present == null ? 0 : present.domid);
        long generation = s.int64("generation", present == null ? 0 : present.generation);
        StoreDomain d = present == null ? new StoreDomain(domid, generation) : present;
        d.introduced = s.flag("introduced", d.introduced);
        d.shutDown = s.flag("shutDown", d.shutDown);
        d.nodes = s.int32("nodes", d.nodes);
        d.watches = s.int32("watches", d.watches);
        d.memoryBytes = s.int32("memoryBytes", d.memoryBytes);
        d.outstanding = s.int32("outstanding", d.outstanding);
        List<StoreConnection> connections = server.connections();
        int connection = d.connection == null ? NONE : connections.indexOf(d.connection);
        connection = s.int32("connection", connection, NONE, connections.size() - 1);
        d.connection = connection == NONE ? null : connections.get(connection);
        return d;
    }

    private NodeRecord record(@Nullable NodeRecord present) {
        return new NodeRecord(
                s.int64("generation", present == null ? 0 : present.generation()),
                permissions(present == null ? null : present.permissions()),
                text("value", present == null ? "" : present.value()),
                text("children", present == null ? "" : present.children()));
    }

    private StorePermissions permissions(@Nullable StorePermissions present) {
        List<StorePermission> entries =
                s.list(
                        "permissions",
                        present == null ? new ArrayList<>() : present.entries(),
                        COUNT_MAX,
                        entry ->
                                new StorePermission(
                                        s.int32("domid", entry == null ? 0 : entry.domid()),
                                        s.int32("access", entry == null ? 0 : entry.access())));
        if (entries.isEmpty()) {
            throw s.refusal("permissions", "a node without an owner");
        }
        return new StorePermissions(entries);
    }

    private String text(String name, String present) {
        byte[] bytes = s.blob(name, CText.bytes(present), COUNT_MAX);
        return CText.of(bytes, 0, bytes.length);
    }
}
