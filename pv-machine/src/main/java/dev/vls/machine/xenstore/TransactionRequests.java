package dev.vls.machine.xenstore;

import java.util.Iterator;
import java.util.Map;

/** TRANSACTION_START and TRANSACTION_END ({@code xenstored_transaction.c}). */
final class TransactionRequests {
    private final XenstoreServer server;
    private final WatchRequests watches;

    TransactionRequests(XenstoreServer server, WatchRequests watches) {
        this.server = server;
        this.watches = watches;
    }

    String start(StoreRequest request) {
        StoreConnection connection = request.connection();
        if (request.transaction() != null) {
            throw StoreRefusal.EBUSY;
        }
        if (connection.isUnprivileged()
                && connection.transactions.size() > server.limit(StoreQuota.TRANSACTIONS)) {
            throw StoreRefusal.ENOSPC;
        }
        long generation = ++server.table().generation;
        int id;
        do {
            id = connection.nextTransactionId++;
        } while (id == 0 || connection.transactions.containsKey(id));
        connection.transactions.put(
                id, new StoreTransaction(id, generation, connection.domid, server.domains()));
        return Integer.toUnsignedString(id) + '\0';
    }

    void end(StoreRequest request) {
        String how = request.single();
        if (!how.equals("T") && !how.equals("F")) {
            throw StoreRefusal.EINVAL;
        }
        StoreTransaction transaction = request.transaction();
        if (transaction == null) {
            throw StoreRefusal.ENOENT;
        }
        request.connection().transactions.remove(transaction.id);
        try {
            if (how.equals("T")) {
                commit(request, transaction);
            }
        } finally {
            transaction.discard();
        }
    }

    private void commit(StoreRequest request, StoreTransaction transaction) {
        if (transaction.failed) {
            throw StoreRefusal.ENOMEM;
        }
        checkNodeCounts(transaction, transaction.createdNodes && request.isUnprivileged());
        dropUnmodified(transaction);
        NodeAccess direct = server.access(request.connection());
        Iterator<AccessedNode> changed = transaction.accessed.values().iterator();
        while (changed.hasNext()) {
            AccessedNode node = changed.next();
            store(transaction, node);
            if (node.firesWatches) {
                watches.fireCommitted(direct, request.outstanding(), node);
            }
            changed.remove();
        }
        for (Map.Entry<Integer, Integer> count : transaction.nodeCounts.entrySet()) {
            StoreDomain domain = server.domains().find(count.getKey());
            if (domain != null) {
                domain.nodes += count.getValue();
            }
        }
    }

    private void checkNodeCounts(StoreTransaction transaction, boolean quota) {
        for (Map.Entry<Integer, Integer> count : transaction.nodeCounts.entrySet()) {
            StoreDomain domain =
                    server.domains().findOrAdd(count.getKey(), server.table().generation);
            if (domain == null) {
                throw StoreRefusal.ENOMEM;
            }
            int nodes = domain.nodes + count.getValue();
            if (quota
                    && StoreDomain.isUnprivileged(domain.domid)
                    && nodes >= server.limit(StoreQuota.NODES)) {
                throw StoreRefusal.ENOSPC;
            }
        }
    }

    /** All that was read must still be what it was. */
    private void dropUnmodified(StoreTransaction transaction) {
        Iterator<AccessedNode> accessed = transaction.accessed.values().iterator();
        while (accessed.hasNext()) {
            AccessedNode node = accessed.next();
            NodeRecord stored = server.table().get(node.path);
            long generation = stored == null ? Node.NO_GENERATION : stored.generation();
            if (node.checked && node.generation != generation) {
                throw StoreRefusal.EAGAIN;
            }
            if (!node.modified) {
                transaction.setCopy(node, null, false);
                accessed.remove();
            }
        }
    }

    private void store(StoreTransaction transaction, AccessedNode node) {
        NodeTable table = server.table();
        NodeRecord copy = node.copy;
        if (copy == null) {
            table.remove(node.path);
            return;
        }
        table.put(
                node.path,
                new NodeRecord(
                        ++table.generation, copy.permissions(), copy.value(), copy.children()),
                false);
        transaction.setCopy(node, null, false);
    }
}
