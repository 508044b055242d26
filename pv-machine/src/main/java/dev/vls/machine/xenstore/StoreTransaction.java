package dev.vls.machine.xenstore;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** A transaction: copies of the nodes it touched, in the order in which it touched them. */
final class StoreTransaction {
    final int id;

    /** The store's generation when it began; names the copies. */
    final long generation;

    final Map<String, AccessedNode> accessed = new LinkedHashMap<>();

    /** By how much the number of nodes that a domain owns has changed. */
    final SortedMap<Integer, Integer> nodeCounts = new TreeMap<>();

    /** Nodes it has touched, those included that were dropped again. */
    int touched;

    boolean createdNodes;

    /** It cannot be committed any more. */
    boolean failed;

    private final int domid;
    private final StoreDomains domains;

    StoreTransaction(int id, long generation, int domid, StoreDomains domains) {
        this.id = id;
        this.generation = generation;
        this.domid = domid;
        this.domains = domains;
    }

    @Nullable AccessedNode find(String path) {
        return accessed.get(path);
    }

    /** Replaces a copy; its memory is its maker's. Answers false if the quota forbids it. */
    boolean setCopy(AccessedNode node, @Nullable NodeRecord copy, boolean checked) {
        int nameLength = Long.toUnsignedString(generation).length() + 1 + node.path.length();
        NodeRecord old = node.copy;
        int oldBytes = old == null ? 0 : old.size() + nameLength;
        domains.addMemory(domid, -oldBytes, false);
        int bytes = copy == null ? 0 : copy.size() + nameLength;
        if (!domains.addMemory(domid, bytes, checked)) {
            domains.addMemory(domid, oldBytes, false);
            return false;
        }
        node.copy = copy;
        return true;
    }

    void countNodes(int owner, int change) {
        nodeCounts.merge(owner, change, Integer::sum);
    }

    /** Gives back what the copies took. */
    void discard() {
        for (AccessedNode node : accessed.values()) {
            setCopy(node, null, false);
        }
        accessed.clear();
    }
}
