package dev.vls.machine.xenstore;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** Domains come, go and are asked about ({@code xenstored_domain.c}). */
final class DomainRequests {
    private static final int DOMID_SELF = 0x7FF0;

    private final XenstoreServer server;
    private final WatchRequests watches;
    private final NodeRequests nodes;
    private final DomainLinks links;

    DomainRequests(
            XenstoreServer server, WatchRequests watches, NodeRequests nodes, DomainLinks links) {
        this.server = server;
        this.watches = watches;
        this.nodes = nodes;
        this.links = links;
    }

    void introduce(StoreRequest request) {
        List<String> arguments = CText.strings(request.payload());
        if (arguments.size() < 3) {
            throw StoreRefusal.EINVAL;
        }
        int domid = CText.toInt(arguments.get(0));
        int port = CText.toInt(arguments.get(2));
        if (port <= 0 || domid == 0) {
            throw StoreRefusal.EINVAL;
        }
        StoreDomain domain = server.domains().findOrAdd(domid, server.table().generation);
        if (domain == null) {
            throw StoreRefusal.EINVAL;
        }
        StoreConnection connection = domain.connection;
        boolean first = connection == null;
        if (connection == null) {
            connection = new StoreConnection(server, domid, true);
        }
        if (!links.attach(domid, port, connection)) {
            throw StoreRefusal.EINVAL;
        }
        if (first) {
            domain.introduced = true;
            domain.shutDown = false;
            domain.connection = connection;
            server.add(connection);
            watches.fireSpecial(StorePaths.INTRODUCE_DOMAIN);
        }
        connection.reset();
        links.reset(domid);
    }

    void release(StoreRequest request) {
        remove(connected(request.single()));
    }

    /** Forgets a domain and all that it owns; if the store talked to it, tells who watches. */
    void remove(StoreDomain domain) {
        StoreConnection connection = domain.connection;
        if (connection != null) {
            server.remove(connection);
        }
        removeOwned(domain);
        server.forgetInSpecialPermissions(domain.domid);
        server.domains().known.remove(domain.domid);
        if (domain.introduced) {
            links.detach(domain.domid);
            watches.fireSpecial(StorePaths.RELEASE_DOMAIN);
        }
    }

    private void removeOwned(StoreDomain domain) {
        NodeAccess access = server.access(null);
        Node root = access.read("/");
        if (domain.nodes > 0 && root != null) {
            removeOwned(access, domain, root);
        }
    }

    private void removeOwned(NodeAccess access, StoreDomain domain, Node node) {
        if (node.permissions.owner() == domain.domid) {
            nodes.removeTree(access, null, node.path);
            return;
        }
        for (String name : CText.strings(node.children)) {
            Node child = access.read(StorePaths.child(node.path, name));
            if (child != null && domain.nodes > 0) {
                removeOwned(access, domain, child);
            }
        }
    }

    void resume(StoreRequest request) {
        connected(request.single()).shutDown = false;
    }

    void setTarget(StoreRequest request) {
        List<String> arguments = CText.strings(request.payload());
        if (arguments.size() < 2) {
            throw StoreRefusal.EINVAL;
        }
        StoreDomain domain = server.domains().findIntroduced(CText.toInt(arguments.get(0)));
        StoreDomain target = server.domains().findIntroduced(CText.toInt(arguments.get(1)));
        if (domain == null || target == null) {
            throw StoreRefusal.ENOENT;
        }
        if (domain.connection == null) {
            throw StoreRefusal.EINVAL;
        }
        domain.connection.target = target.domid;
    }

    String path(StoreRequest request) {
        return StorePaths.ofDomain(CText.toInt(request.single())) + '\0';
    }

    String isIntroduced(StoreRequest request) {
        int domid = CText.toInt(request.single());
        boolean introduced = domid == DOMID_SELF || server.domains().findIntroduced(domid) != null;
        return introduced ? "T\0" : "F\0";
    }

    private StoreDomain connected(String domidText) {
        int domid = CText.toInt(domidText);
        if (domid == 0) {
            throw StoreRefusal.EINVAL;
        }
        @Nullable StoreDomain domain = server.domains().findIntroduced(domid);
        if (domain == null) {
            throw StoreRefusal.ENOENT;
        }
        return domain;
    }
}
