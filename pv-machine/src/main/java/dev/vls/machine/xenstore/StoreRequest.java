package dev.vls.machine.xenstore;

import org.jspecify.annotations.Nullable;

/**
 * The request in hand.
 *
 * @param payload one char a byte
 * @param transaction its transaction, null for none
 * @param outstanding what counts it against its sender
 */
record StoreRequest(
        StoreConnection connection,
        String payload,
        @Nullable StoreTransaction transaction,
        NodeAccess access,
        OutstandingRequest outstanding) {

    boolean isUnprivileged() {
        return connection.isUnprivileged();
    }

    /**
     * The one string that is the payload.
     *
     * @throws StoreRefusal EINVAL if it is anything else
     */
    String single() {
        String text = CText.single(payload);
        if (text == null) {
            throw StoreRefusal.EINVAL;
        }
        return text;
    }

    /** The one string that is the payload, as a path from the root. */
    String singlePath() {
        return canonical(single());
    }

    String canonical(String path) {
        return StorePaths.canonical(connection.domid, path);
    }
}
