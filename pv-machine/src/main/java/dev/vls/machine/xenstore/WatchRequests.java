package dev.vls.machine.xenstore;

import dev.vls.xen.abi.io.XenstoreLimits;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** WATCH, UNWATCH, RESET_WATCHES, and who hears of a change ({@code xenstored_watch.c}). */
final class WatchRequests {
    private final XenstoreServer server;

    WatchRequests(XenstoreServer server) {
        this.server = server;
    }

    /** Sets a watch; the caller fires it once after the reply. */
    StoreWatch watch(StoreRequest request) {
        List<String> arguments = twoStrings(request);
        String given = arguments.getFirst();
        String path = request.canonical(given);
        boolean valid =
                StorePaths.isSpecial(given)
                        ? given.length() <= XenstoreLimits.REL_PATH_MAX
                        : StorePaths.isValid(path, server.limit(StoreQuota.PATH_LENGTH));
        if (!valid) {
            throw StoreRefusal.EINVAL;
        }
        boolean relative = !given.startsWith("/") && !StorePaths.isSpecial(given);
        String base = relative ? StorePaths.ofDomain(request.connection().domid) : "";
        StoreWatch watch = new StoreWatch(path, arguments.getLast(), base);
        StoreConnection connection = request.connection();
        if (find(connection, path, watch.token()) != null) {
            throw StoreRefusal.EEXIST;
        }
        if (server.watchesOf(connection) > server.limit(StoreQuota.WATCHES)) {
            throw StoreRefusal.E2BIG;
        }
        if (!server.countWatch(connection, watch, 1)) {
            throw StoreRefusal.ENOMEM;
        }
        connection.watches.add(watch);
        return watch;
    }

    void unwatch(StoreRequest request) {
        List<String> arguments = twoStrings(request);
        StoreConnection connection = request.connection();
        String path = request.canonical(arguments.getFirst());
        StoreWatch watch = find(connection, path, arguments.getLast());
        if (watch == null) {
            throw StoreRefusal.ENOENT;
        }
        connection.watches.remove(watch);
        server.countWatch(connection, watch, -1);
    }

    private static List<String> twoStrings(StoreRequest request) {
        List<String> strings = CText.strings(request.payload());
        if (strings.size() != 2) {
            throw StoreRefusal.EINVAL;
        }
        return strings;
    }

    private static @Nullable StoreWatch find(
            StoreConnection connection, String path, String token) {
        for (StoreWatch watch : connection.watches) {
            if (watch.path().equals(path) && watch.token().equals(token)) {
                return watch;
            }
        }
        return null;
    }

    /**
     * Tells who watches a path and may read it, or its parent. Within a transaction, notes it for
     * the commit.
     *
     * @param exact only watches of this very path
     * @param before the permissions that the node had, null if they did not change
     */
    void fire(
            NodeAccess access,
            @Nullable OutstandingRequest cause,
            Node node,
            boolean exact,
            @Nullable StorePermissions before) {
        if (access.transaction != null) {
            queue(access.transaction, node.path, exact);
            return;
        }
        OutstandingRequest accountable = access.isUnprivileged() ? cause : null;
        for (StoreConnection connection : server.connections()) {
            if (mayHear(connection, node.path, node.permissions, before)) {
                send(connection, accountable, node.path, exact);
            }
        }
    }

    /** The same for what a transaction has changed, after it is stored. */
    void fireCommitted(
            NodeAccess access, @Nullable OutstandingRequest cause, AccessedNode changed) {
        OutstandingRequest accountable = access.isUnprivileged() ? cause : null;
        for (StoreConnection connection : server.connections()) {
            if (mayHear(connection, changed.path, null, changed.permissions)) {
                send(connection, accountable, changed.path, changed.exactWatches);
            }
        }
    }

    /** Tells of a domain's coming or going. */
    void fireSpecial(String path) {
        for (StoreConnection connection : server.connections()) {
            StorePermissions permissions = server.specialPermissions(path);
            if ((permissions.accessOf(connection) & StorePermission.READ) != 0) {
                send(connection, null, path, true);
            }
        }
    }

    private static void queue(StoreTransaction transaction, String path, boolean exact) {
        AccessedNode accessed = transaction.find(path);
        if (accessed == null) {
            transaction.failed = true;
            return;
        }
        accessed.exactWatches = exact && (!accessed.firesWatches || accessed.exactWatches);
        accessed.firesWatches = true;
    }

    private boolean mayHear(
            StoreConnection connection,
            String path,
            @Nullable StorePermissions now,
            @Nullable StorePermissions before) {
        StorePermissions current = now != null ? now : server.permissionsOf(path);
        return mayRead(connection, before)
                || mayRead(connection, current)
                || (current != null
                        && mayRead(connection, server.permissionsOf(StorePaths.parent(path))));
    }

    private static boolean mayRead(
            StoreConnection connection, @Nullable StorePermissions permissions) {
        return permissions != null
                && (permissions.accessOf(connection) & StorePermission.READ) != 0;
    }

    private static void send(
            StoreConnection connection,
            @Nullable OutstandingRequest cause,
            String path,
            boolean exact) {
        for (StoreWatch watch : connection.watches) {
            boolean matches =
                    exact ? path.equals(watch.path()) : StorePaths.isWithin(path, watch.path());
            if (matches) {
                connection.sendEvent(cause, watch.reported(path), watch.token());
            }
        }
    }
}
