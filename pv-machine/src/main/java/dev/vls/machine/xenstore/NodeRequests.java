package dev.vls.machine.xenstore;

import dev.vls.xen.abi.io.XenstoreLimits;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The requests that read and change nodes ({@code xenstored_core.c}). */
final class NodeRequests {
    private final XenstoreServer server;
    private final WatchRequests watches;

    NodeRequests(XenstoreServer server, WatchRequests watches) {
        this.server = server;
        this.watches = watches;
    }

    String read(StoreRequest request) {
        return readable(request).value;
    }

    String directory(StoreRequest request) {
        return readable(request).children;
    }

    String permissions(StoreRequest request) {
        return readable(request).permissions.toWire();
    }

    private static Node readable(StoreRequest request) {
        return request.access().require(request.singlePath(), StorePermission.READ);
    }

    /** As many children as fit, from an offset in bytes; an empty name marks the end. */
    String directoryPart(StoreRequest request) {
        List<String> arguments = CText.strings(request.payload());
        if (arguments.size() != 2) {
            throw StoreRefusal.EINVAL;
        }
        String path = request.canonical(arguments.getFirst());
        Node node = request.access().require(path, StorePermission.READ);
        int offset = CText.toInt(arguments.getLast());
        String generation = Long.toUnsignedString(node.generation) + '\0';
        int total = node.children.length();
        if (Integer.compareUnsigned(offset, total) >= 0) {
            return generation + '\0';
        }
        int limit = XenstoreLimits.PAYLOAD_MAX - generation.length() - 1;
        int end = offset;
        while (end < total) {
            int nameEnd = node.children.indexOf('\0', end);
            if (nameEnd - offset >= limit) {
                break;
            }
            end = nameEnd + 1;
        }
        String part = node.children.substring(offset, end);
        return generation + part + (end == total ? "\0" : "");
    }

    void write(StoreRequest request) {
        int end = request.payload().indexOf('\0');
        if (end < 0) {
            throw StoreRefusal.EINVAL;
        }
        String path = request.canonical(request.payload().substring(0, end));
        String value = request.payload().substring(end + 1);
        Node node = existing(request, path);
        if (node == null) {
            node = create(request, path, value);
        } else {
            node.value = value;
            request.access().write(node, true);
        }
        watches.fire(request.access(), request.outstanding(), node, false, null);
    }

    void makeDirectory(StoreRequest request) {
        String path = request.singlePath();
        if (existing(request, path) == null) {
            Node node = create(request, path, "");
            watches.fire(request.access(), request.outstanding(), node, false, null);
        }
    }

    /** A node that may be written; null if there is none, but may be. */
    private static @Nullable Node existing(StoreRequest request, String path) {
        try {
            return request.access().require(path, StorePermission.WRITE);
        } catch (StoreRefusal refusal) {
            if (refusal == StoreRefusal.ENOENT) {
                return null;
            }
            throw refusal;
        }
    }

    /** Creates a node and its missing ancestors, or nothing at all. */
    private Node create(StoreRequest request, String path, String value) {
        NodeAccess access = request.access();
        Node node = construct(request, path);
        StoreTransaction transaction = request.transaction();
        if (transaction != null) {
            transaction.createdNodes = true;
        }
        node.value = value;
        @Nullable Node at = node;
        try {
            for (; at != null; at = at.newUnder) {
                boolean full =
                        server.nodesOf(request.connection()) >= server.limit(StoreQuota.NODES);
                if (at.newUnder != null && full) {
                    throw StoreRefusal.ENOSPC;
                }
                access.write(at, true);
                if (at.newUnder != null && !access.countNode(at, 1)) {
                    access.undo(at);
                    throw StoreRefusal.ENOMEM;
                }
            }
        } catch (StoreRefusal refusal) {
            for (Node done = node; done != null && done != at; done = done.newUnder) {
                access.undo(done);
                access.countNode(done, -1);
                access.failTransaction();
            }
            throw refusal;
        }
        return node;
    }

    /** The new node, linked up to the first ancestor that exists and has got a child more. */
    private Node construct(StoreRequest request, String path) {
        String parentPath = StorePaths.parent(path);
        Node parent = request.access().read(parentPath);
        if (parent == null) {
            if (parentPath.equals("/")) {
                throw StoreRefusal.ENOENT;
            }
            parent = construct(request, parentPath);
        }
        parent.addChild(StorePaths.lastName(path));
        StorePermissions inherited = parent.permissions;
        Node node =
                new Node(
                        path,
                        request.isUnprivileged()
                                ? inherited.withOwner(request.connection().domid)
                                : inherited);
        node.newUnder = parent;
        return node;
    }

    void remove(StoreRequest request) {
        String path = request.singlePath();
        if (existing(request, path) == null) {
            if (request.access().read(StorePaths.parent(path)) == null) {
                throw StoreRefusal.ENOENT;
            }
            return;
        }
        if (path.equals("/")) {
            throw StoreRefusal.EINVAL;
        }
        removeTree(request.access(), request.outstanding(), path);
    }

    /** Removes a node with all below it: children first, in their order. */
    void removeTree(NodeAccess access, @Nullable OutstandingRequest cause, String path) {
        Node parent = access.read(StorePaths.parent(path));
        if (parent == null) {
            throw StoreRefusal.EINVAL;
        }
        Node node;
        try {
            node = access.read(path);
            if (node == null) {
                throw StoreRefusal.EIO;
            }
            removeBelow(access, cause, node, path);
        } catch (StoreRefusal refusal) {
            throw StoreRefusal.EIO;
        }
        unlink(access, parent, StorePaths.lastName(path));
    }

    private void removeBelow(
            NodeAccess access, @Nullable OutstandingRequest cause, Node node, String root) {
        for (String name : CText.strings(node.children)) {
            Node child = access.read(StorePaths.child(node.path, name));
            if (child == null) {
                throw StoreRefusal.EIO;
            }
            removeBelow(access, cause, child, root);
            unlink(access, node, name);
        }
        access.delete(node);
        watches.fire(access, cause, node, !node.path.equals(root), null);
        access.countNode(node, -1);
    }

    private static void unlink(NodeAccess access, Node parent, String name) {
        if (!parent.removeChild(name)) {
            throw StoreRefusal.EIO;
        }
        access.write(parent, false);
    }

    void setPermissions(StoreRequest request) {
        List<String> arguments = CText.strings(request.payload());
        if (arguments.size() < 2) {
            throw StoreRefusal.EINVAL;
        }
        List<String> entries = arguments.subList(1, arguments.size());
        if (request.isUnprivileged() && entries.size() > server.limit(StoreQuota.PERMISSIONS)) {
            throw StoreRefusal.ENOSPC;
        }
        StorePermissions permissions =
                server.referTo(entries.stream().map(StorePermission::parse).toList());
        String given = arguments.getFirst();
        if (StorePaths.isSpecial(given)) {
            server.setSpecialPermissions(request.connection(), given, permissions);
            return;
        }
        NodeAccess access = request.access();
        int needed = StorePermission.WRITE | StorePermission.OWNER;
        Node node = access.require(request.canonical(given), needed);
        StorePermissions before = node.permissions;
        if (request.isUnprivileged() && permissions.owner() != before.owner()) {
            throw StoreRefusal.EPERM;
        }
        changeOwner(access, node, permissions);
        try {
            access.write(node, true);
        } catch (StoreRefusal refusal) {
            changeOwner(access, node, before);
            throw refusal;
        }
        watches.fire(access, request.outstanding(), node, false, before);
    }

    /** The node counts for its new owner from now on, which is known to exist. */
    private static void changeOwner(NodeAccess access, Node node, StorePermissions permissions) {
        access.countNode(node, -1);
        node.permissions = permissions;
        access.countNode(node, 1);
    }
}
