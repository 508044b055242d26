package dev.vls.machine.xenstore;

import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** All nodes by path, as committed, and what they count for their owners. */
final class NodeTable {
    final Map<String, NodeRecord> nodes = new TreeMap<>();
    private final StoreDomains domains;

    /** Counts every change; xenstored's {@code generation}. */
    long generation;

    NodeTable(StoreDomains domains) {
        this.domains = domains;
    }

    @Nullable NodeRecord get(String path) {
        return nodes.get(path);
    }

    /**
     * Stores a node.
     *
     * @param checked against the owner's memory quota
     * @return false if the quota forbids it; then nothing has changed
     */
    boolean put(String path, NodeRecord node, boolean checked) {
        NodeRecord old = nodes.get(path);
        if (old != null) {
            charge(path, old, -1);
        }
        int bytes = node.size() + path.length();
        if (!domains.addMemory(node.permissions().owner(), bytes, checked)) {
            if (old != null) {
                charge(path, old, 1);
            }
            return false;
        }
        nodes.put(path, node);
        return true;
    }

    void remove(String path) {
        NodeRecord old = nodes.remove(path);
        if (old != null) {
            charge(path, old, -1);
        }
    }

    private void charge(String path, NodeRecord node, int sign) {
        int bytes = sign * (node.size() + path.length());
        domains.addMemory(node.permissions().owner(), bytes, false);
    }
}
