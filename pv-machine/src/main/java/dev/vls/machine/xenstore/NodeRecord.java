package dev.vls.machine.xenstore;

/**
 * A node as it is stored.
 *
 * @param generation when it was last changed, by the store's own count
 * @param children their names in the order of their creation, each with a NUL behind it
 */
record NodeRecord(long generation, StorePermissions permissions, String value, String children) {
    /** {@code struct xs_tdb_record_hdr} and {@code struct xs_permissions} of xenstored. */
    private static final int HEADER_SIZE = 24;

    private static final int PERMISSION_SIZE = 8;

    /** Bytes that it counts for in quotas, without its name. */
    int size() {
        return size(permissions, value, children);
    }

    static int size(StorePermissions permissions, String value, String children) {
        return HEADER_SIZE
                + PERMISSION_SIZE * permissions.entries().size()
                + value.length()
                + children.length();
    }
}
