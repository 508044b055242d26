package dev.vls.machine.xenstore;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The store's state as bytes. Equal states give equal bytes: everything is written in the order in
 * which the store itself keeps it.
 */
final class StoreSnapshot {
    private static final int MAGIC = 0x56585331;
    private static final int NONE = -1;

    /** No list of a store is anywhere near as long. */
    private static final int COUNT_MAX = 1 << 24;

    private final XenstoreServer server;

    StoreSnapshot(XenstoreServer server) {
        this.server = server;
    }

    void write(DataOutput out) throws IOException {
        out.writeInt(MAGIC);
        out.writeLong(server.table().generation);
        out.writeLong(server.nextSerial());
        for (int limit : server.domains().limits.values()) {
            out.writeInt(limit);
        }
        out.writeInt(server.domains().existing.size());
        for (int domid : server.domains().existing) {
            out.writeInt(domid);
        }
        for (StorePermissions permissions : server.special().values()) {
            writePermissions(out, permissions);
        }
        out.writeInt(server.table().nodes.size());
        for (Map.Entry<String, NodeRecord> node : server.table().nodes.entrySet()) {
            writeText(out, node.getKey());
            writeRecord(out, node.getValue());
        }
        SortedMap<Long, OutstandingRequest> requests = requests();
        out.writeInt(requests.size());
        for (OutstandingRequest request : requests.values()) {
            out.writeLong(request.serial);
            out.writeInt(request.domid);
            out.writeInt(request.events);
            out.writeBoolean(request.awaitsEvents);
        }
        out.writeInt(server.connections().size());
        for (StoreConnection connection : server.connections()) {
            writeConnection(out, connection);
        }
        out.writeInt(server.domains().known.size());
        for (StoreDomain domain : server.domains().all()) {
            writeDomain(out, domain);
        }
    }

    void read(DataInput in) throws IOException {
        if (in.readInt() != MAGIC) {
            throw new IOException(
                    "xenstore state: wrong magic number: not written by this version");
        }
        server.table().generation = in.readLong();
        server.setNextSerial(in.readLong());
        StoreDomains domains = server.domains();
        for (StoreQuota quota : StoreQuota.values()) {
            domains.limits.put(quota, in.readInt());
        }
        domains.existing.clear();
        for (int i = readCount(in); i > 0; i--) {
            domains.existing.add(in.readInt());
        }
        for (String path : List.copyOf(server.special().keySet())) {
            server.special().put(path, readPermissions(in));
        }
        server.table().nodes.clear();
        for (int i = readCount(in); i > 0; i--) {
            String path = readText(in);
            server.table().nodes.put(path, readRecord(in));
        }
        SortedMap<Long, OutstandingRequest> requests = readRequests(in);
        server.connections().clear();
        for (int i = readCount(in); i > 0; i--) {
            server.connections().add(readConnection(in, requests));
        }
        domains.known.clear();
        for (int i = readCount(in); i > 0; i--) {
            StoreDomain domain = readDomain(in);
            domains.known.put(domain.domid, domain);
        }
    }

    /** Every request that a message or a list still refers to. */
    private SortedMap<Long, OutstandingRequest> requests() {
        SortedMap<Long, OutstandingRequest> requests = new TreeMap<>();
        for (StoreConnection connection : server.connections()) {
            for (StoreMessage message : connection.output) {
                if (message.request != null) {
                    requests.put(message.request.serial, message.request);
                }
            }
            connection.answered.forEach(request -> requests.put(request.serial, request));
        }
        return requests;
    }

    private static SortedMap<Long, OutstandingRequest> readRequests(DataInput in)
            throws IOException {
        SortedMap<Long, OutstandingRequest> requests = new TreeMap<>();
        for (int i = readCount(in); i > 0; i--) {
            OutstandingRequest request = new OutstandingRequest(in.readLong(), in.readInt());
            request.events = in.readInt();
            request.awaitsEvents = in.readBoolean();
            requests.put(request.serial, request);
        }
        return requests;
    }

    private static void writeConnection(DataOutput out, StoreConnection connection)
            throws IOException {
        out.writeInt(connection.domid);
        out.writeBoolean(connection.ofDomain);
        out.writeInt(connection.target);
        out.writeInt(connection.error);
        out.write(connection.header);
        out.writeInt(connection.headerUsed);
        writeBytes(out, connection.payload);
        out.writeInt(connection.payloadUsed);
        out.writeInt(connection.nextTransactionId);
        out.writeInt(connection.output.size());
        for (StoreMessage message : connection.output) {
            writeBytes(out, message.bytes);
            out.writeBoolean(message.event);
            out.writeInt(message.taken);
            out.writeLong(message.request == null ? NONE : message.request.serial);
        }
        out.writeInt(connection.answered.size());
        for (OutstandingRequest request : connection.answered) {
            out.writeLong(request.serial);
        }
        out.writeInt(connection.watches.size());
        for (StoreWatch watch : connection.watches) {
            writeText(out, watch.path());
            writeText(out, watch.token());
            writeText(out, watch.relativeTo());
        }
        out.writeInt(connection.transactions.size());
        for (StoreTransaction transaction : connection.transactions.values()) {
            writeTransaction(out, transaction);
        }
    }

    private StoreConnection readConnection(
            DataInput in, SortedMap<Long, OutstandingRequest> requests) throws IOException {
        StoreConnection connection = new StoreConnection(server, in.readInt(), in.readBoolean());
        connection.target = in.readInt();
        connection.error = in.readInt();
        in.readFully(connection.header);
        connection.headerUsed = within(in.readInt(), connection.header.length);
        connection.payload = readBytes(in);
        connection.payloadUsed = within(in.readInt(), connection.payload.length);
        connection.nextTransactionId = in.readInt();
        for (int i = readCount(in); i > 0; i--) {
            byte[] bytes = readBytes(in);
            boolean event = in.readBoolean();
            int taken = within(in.readInt(), bytes.length);
            StoreMessage message = new StoreMessage(bytes, event, requests.get(in.readLong()));
            message.taken = taken;
            connection.output.addLast(message);
        }
        for (int i = readCount(in); i > 0; i--) {
            OutstandingRequest request = requests.get(in.readLong());
            if (request == null) {
                throw new IOException("xenstore state: names a request that it does not have");
            }
            connection.answered.add(request);
        }
        for (int i = readCount(in); i > 0; i--) {
            connection.watches.add(new StoreWatch(readText(in), readText(in), readText(in)));
        }
        for (int i = readCount(in); i > 0; i--) {
            StoreTransaction transaction = readTransaction(in, connection.domid);
            connection.transactions.put(transaction.id, transaction);
        }
        return connection;
    }

    private static void writeTransaction(DataOutput out, StoreTransaction transaction)
            throws IOException {
        out.writeInt(transaction.id);
        out.writeLong(transaction.generation);
        out.writeInt(transaction.touched);
        out.writeBoolean(transaction.createdNodes);
        out.writeBoolean(transaction.failed);
        out.writeInt(transaction.nodeCounts.size());
        for (Map.Entry<Integer, Integer> count : transaction.nodeCounts.entrySet()) {
            out.writeInt(count.getKey());
            out.writeInt(count.getValue());
        }
        out.writeInt(transaction.accessed.size());
        for (AccessedNode node : transaction.accessed.values()) {
            writeText(out, node.path);
            out.writeLong(node.generation);
            out.writeBoolean(node.permissions != null);
            if (node.permissions != null) {
                writePermissions(out, node.permissions);
            }
            out.writeBoolean(node.checked);
            out.writeBoolean(node.modified);
            out.writeBoolean(node.firesWatches);
            out.writeBoolean(node.exactWatches);
            out.writeBoolean(node.copy != null);
            if (node.copy != null) {
                writeRecord(out, node.copy);
            }
        }
    }

    private StoreTransaction readTransaction(DataInput in, int domid) throws IOException {
        StoreTransaction transaction =
                new StoreTransaction(in.readInt(), in.readLong(), domid, server.domains());
        transaction.touched = in.readInt();
        transaction.createdNodes = in.readBoolean();
        transaction.failed = in.readBoolean();
        for (int i = readCount(in); i > 0; i--) {
            transaction.nodeCounts.put(in.readInt(), in.readInt());
        }
        for (int i = readCount(in); i > 0; i--) {
            String path = readText(in);
            long generation = in.readLong();
            @Nullable StorePermissions permissions = in.readBoolean() ? readPermissions(in) : null;
            AccessedNode node = new AccessedNode(path, generation, permissions);
            node.checked = in.readBoolean();
            node.modified = in.readBoolean();
            node.firesWatches = in.readBoolean();
            node.exactWatches = in.readBoolean();
            node.copy = in.readBoolean() ? readRecord(in) : null;
            transaction.accessed.put(path, node);
        }
        return transaction;
    }

    private void writeDomain(DataOutput out, StoreDomain domain) throws IOException {
        out.writeInt(domain.domid);
        out.writeLong(domain.generation);
        out.writeBoolean(domain.introduced);
        out.writeBoolean(domain.shutDown);
        out.writeInt(domain.nodes);
        out.writeInt(domain.watches);
        out.writeInt(domain.memoryBytes);
        out.writeInt(domain.outstanding);
        out.writeInt(
                domain.connection == null ? NONE : server.connections().indexOf(domain.connection));
    }

    private StoreDomain readDomain(DataInput in) throws IOException {
        StoreDomain domain = new StoreDomain(in.readInt(), in.readLong());
        domain.introduced = in.readBoolean();
        domain.shutDown = in.readBoolean();
        domain.nodes = in.readInt();
        domain.watches = in.readInt();
        domain.memoryBytes = in.readInt();
        domain.outstanding = in.readInt();
        int connection = in.readInt();
        if (connection != NONE) {
            domain.connection =
                    server.connections().get(within(connection, server.connections().size() - 1));
        }
        return domain;
    }

    private static void writeRecord(DataOutput out, NodeRecord node) throws IOException {
        out.writeLong(node.generation());
        writePermissions(out, node.permissions());
        writeText(out, node.value());
        writeText(out, node.children());
    }

    private static NodeRecord readRecord(DataInput in) throws IOException {
        return new NodeRecord(in.readLong(), readPermissions(in), readText(in), readText(in));
    }

    private static void writePermissions(DataOutput out, StorePermissions permissions)
            throws IOException {
        out.writeInt(permissions.entries().size());
        for (StorePermission entry : permissions.entries()) {
            out.writeInt(entry.domid());
            out.writeInt(entry.access());
        }
    }

    private static StorePermissions readPermissions(DataInput in) throws IOException {
        List<StorePermission> entries = new ArrayList<>();
        for (int i = readCount(in); i > 0; i--) {
            entries.add(new StorePermission(in.readInt(), in.readInt()));
        }
        if (entries.isEmpty()) {
            throw new IOException("xenstore state: a node without an owner");
        }
        return new StorePermissions(entries);
    }

    private static void writeText(DataOutput out, String text) throws IOException {
        writeBytes(out, CText.bytes(text));
    }

    private static String readText(DataInput in) throws IOException {
        byte[] bytes = readBytes(in);
        return CText.of(bytes, 0, bytes.length);
    }

    private static void writeBytes(DataOutput out, byte[] bytes) throws IOException {
        out.writeInt(bytes.length);
        out.write(bytes);
    }

    private static byte[] readBytes(DataInput in) throws IOException {
        byte[] bytes = new byte[readCount(in)];
        in.readFully(bytes);
        return bytes;
    }

    private static int readCount(DataInput in) throws IOException {
        return within(in.readInt(), COUNT_MAX);
    }

    private static int within(int value, int max) throws IOException {
        if (value < 0 || value > max) {
            throw new IOException(
                    "xenstore state: %d where at most %d can stand".formatted(value, max));
        }
        return value;
    }
}
