package dev.vls.machine.xenstore;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Reads and writes nodes for one request, through its transaction if it has one. Without a
 * connection it is the store itself that acts.
 */
final class NodeAccess {
    private enum Kind {
        READ,
        WRITE,
        DELETE
    }

    final @Nullable StoreConnection connection;
    final @Nullable StoreTransaction transaction;
    private final NodeTable table;
    private final StoreDomains domains;

    NodeAccess(
            NodeTable table,
            StoreDomains domains,
            @Nullable StoreConnection connection,
            @Nullable StoreTransaction transaction) {
        this.table = table;
        this.domains = domains;
        this.connection = connection;
        this.transaction = transaction;
    }

    boolean isUnprivileged() {
        return connection != null && connection.isUnprivileged();
    }

    /**
     * Reads a node.
     *
     * @return null if there is none
     * @throws StoreRefusal ENOSPC if the transaction has touched too many nodes
     */
    @Nullable Node read(String path) {
        AccessedNode accessed = transaction == null ? null : transaction.find(path);
        NodeRecord stored = accessed == null ? table.get(path) : accessed.copy;
        if (stored == null) {
            touch(new Node(path, StorePermissions.ownedBy(0)), Kind.READ);
            return null;
        }
        Node node = new Node(path, stored);
        dropForeignPermissions(node);
        touch(node, Kind.READ);
        return node;
    }

    /**
     * Reads a node that the client must have rights to. What it may not know, it is not told: the
     * nearest ancestor decides.
     *
     * @throws StoreRefusal EINVAL, ENOENT, EACCES, ENOSPC
     */
    Node require(String path, int access) {
        if (!StorePaths.isValid(path, domains.limit(StoreQuota.PATH_LENGTH))) {
            throw StoreRefusal.EINVAL;
        }
        Node node = read(path);
        if (node != null && (accessTo(node.permissions) & access) == access) {
            return node;
        }
        String ancestor = path;
        Node known;
        do {
            ancestor = StorePaths.parent(ancestor);
            known = read(ancestor);
        } while (known == null && !ancestor.equals("/"));
        boolean told = known != null && (accessTo(known.permissions) & access) != 0;
        throw node == null && told ? StoreRefusal.ENOENT : StoreRefusal.EACCES;
    }

    private int accessTo(StorePermissions permissions) {
        return connection == null ? StorePermission.EVERYTHING : permissions.accessOf(connection);
    }

    /**
     * Writes a node.
     *
     * @param checked against quotas
     * @throws StoreRefusal ENOSPC, EIO; a transaction is lost then
     */
    void write(Node node, boolean checked) {
        touch(node, Kind.WRITE);
        dropForeignPermissions(node);
        StoreRefusal refusal = null;
        if (checked && isUnprivileged() && node.size() >= domains.limit(StoreQuota.NODE_SIZE)) {
            refusal = StoreRefusal.ENOSPC;
        } else if (!store(node, checked)) {
            refusal = StoreRefusal.EIO;
        }
        if (refusal != null) {
            failTransaction();
            throw refusal;
        }
    }

    private boolean store(Node node, boolean checked) {
        if (transaction == null) {
            return table.put(node.path, node.toRecord(), checked);
        }
        AccessedNode accessed = Objects.requireNonNull(transaction.find(node.path), node.path);
        return transaction.setCopy(accessed, node.toRecord(), checked);
    }

    /** Deletes a node; its parent's list is the caller's business. */
    void delete(Node node) {
        touch(node, Kind.DELETE);
        undo(node);
    }

    /** Takes away what was just written. */
    void undo(Node node) {
        if (transaction == null) {
            table.remove(node.path);
        } else {
            AccessedNode accessed = Objects.requireNonNull(transaction.find(node.path), node.path);
            transaction.setCopy(accessed, null, false);
        }
    }

    void failTransaction() {
        if (transaction != null) {
            transaction.failed = true;
        }
    }

    /** Counts a node for its owner; answers false if the owner does not exist. */
    boolean countNode(Node node, int change) {
        int owner = node.permissions.owner();
        if (transaction != null) {
            transaction.countNodes(owner, change);
            return true;
        }
        StoreDomain domain =
                change > 0 ? domains.findOrAdd(owner, table.generation) : domains.find(owner);
        if (domain != null) {
            domain.nodes += change;
        }
        return domain != null;
    }

    /** Every change gets a generation; a transaction notes what it sees, and keeps a copy. */
    private void touch(Node node, Kind kind) {
        if (kind != Kind.READ) {
            node.generation = ++table.generation;
        }
        if (transaction == null) {
            return;
        }
        AccessedNode accessed = transaction.find(node.path);
        if (accessed == null) {
            if (transaction.touched >= domains.limit(StoreQuota.TRANSACTION_NODES)
                    && isUnprivileged()) {
                transaction.failed = true;
                throw StoreRefusal.ENOSPC;
            }
            boolean exists = node.generation != Node.NO_GENERATION;
            accessed =
                    new AccessedNode(node.path, node.generation, exists ? node.permissions : null);
            accessed.checked = kind == Kind.READ;
            if (kind == Kind.READ && exists) {
                transaction.setCopy(accessed, node.toRecord(), false);
            }
            transaction.touched++;
            transaction.accessed.put(node.path, accessed);
        }
        accessed.modified |= kind != Kind.READ;
    }

    /** Rights given to a domain that has gone do not pass to a younger one of the same number. */
    private void dropForeignPermissions(Node node) {
        node.permissions =
                node.permissions.ignoring(
                        domid -> {
                            StoreDomain domain = domains.find(domid);
                            return domain == null || domain.generation > node.generation;
                        });
    }
}
