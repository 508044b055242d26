package dev.vls.machine.xenstore;

import org.jspecify.annotations.Nullable;

/** A node that a transaction has read or changed. */
final class AccessedNode {
    final String path;

    /** The generation it must still have at the end; {@link Node#NO_GENERATION} for none. */
    final long generation;

    /** Who might do what before the transaction; null if there was no node. */
    final @Nullable StorePermissions permissions;

    /** Whether the generation is checked at the end: false if it was written unread. */
    boolean checked;

    boolean modified;
    boolean firesWatches;

    /** Fires only the watches of this very path: it went away with an ancestor. */
    boolean exactWatches;

    /** The transaction's own copy; null if there is none, or no more. */
    @Nullable NodeRecord copy;

    AccessedNode(String path, long generation, @Nullable StorePermissions permissions) {
        this.path = path;
        this.generation = generation;
        this.permissions = permissions;
    }
}
