package dev.vls.machine.xenstore;

import org.jspecify.annotations.Nullable;

/** What the store knows of one domain: whether it talks to it, and what the domain uses up. */
final class StoreDomain {
    final int domid;

    /** The store's generation when it first heard of the domain; older permissions are not its. */
    final long generation;

    boolean introduced;
    boolean shutDown;

    /** Nodes that it owns. */
    int nodes;

    int watches;

    /** Bytes of nodes, watches, copies of transactions and messages on their way to it. */
    int memoryBytes;

    /** Requests whose answer, or whose events to others, are not yet taken. */
    int outstanding;

    /** Null until it is introduced, and always for domain 0, whose connections are many. */
    @Nullable StoreConnection connection;

    StoreDomain(int domid, long generation) {
        this.domid = domid;
        this.generation = generation;
    }

    static boolean isUnprivileged(int domid) {
        return domid != 0;
    }
}
