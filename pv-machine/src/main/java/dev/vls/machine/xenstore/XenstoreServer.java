package dev.vls.machine.xenstore;

import dev.vls.machine.state.StateFields;
import dev.vls.xen.abi.io.XenstoreMessageType;
import dev.vls.xen.abi.io.XsdSockmsg;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The store of a machine: its nodes, its domains and their connections, and the toolstack's. One
 * thread; state and answers depend on nothing but the calls, in their order. Behaves as {@code
 * xenstored} of Xen 4.17 does; where it does not, {@code docs/abi/xenstore.md} says so.
 */
public final class XenstoreServer {
    private static final String DONE = "OK\0";

    private final StoreDomains domains = new StoreDomains();
    private final NodeTable table = new NodeTable(domains);
    private final List<StoreConnection> connections = new ArrayList<>();
    private final SortedMap<String, StorePermissions> special = new TreeMap<>();
    private final WatchRequests watches = new WatchRequests(this);
    private final NodeRequests nodeRequests = new NodeRequests(this, watches);
    private final TransactionRequests transactions = new TransactionRequests(this, watches);
    private final ControlRequests control = new ControlRequests(this);
    private final DomainRequests domainRequests;
    private long nextSerial;

    /** An empty store that knows domain 0. */
    public XenstoreServer(DomainLinks links) {
        domainRequests = new DomainRequests(this, watches, nodeRequests, links);
        special.put(StorePaths.INTRODUCE_DOMAIN, StorePermissions.ownedBy(0));
        special.put(StorePaths.RELEASE_DOMAIN, StorePermissions.ownedBy(0));
        domains.existing.add(0);
        StoreDomain dom0 = new StoreDomain(0, 0);
        dom0.introduced = true;
        dom0.nodes = 3;
        domains.known.put(0, dom0);
        putInitial("/", "tool\0");
        putInitial("/tool", "xenstored\0");
        putInitial("/tool/xenstored", "");
    }

    private void putInitial(String path, String children) {
        StorePermissions permissions = StorePermissions.ownedBy(0);
        table.put(path, new NodeRecord(++table.generation, permissions, "", children), false);
    }

    /** A new privileged connection, as of a tool in domain 0. */
    public StoreConnection connectToolstack() {
        StoreConnection connection = new StoreConnection(this, 0, false);
        connections.add(connection);
        return connection;
    }

    /** Closes a connection of the toolstack; its watches and transactions go with it. */
    public void disconnect(StoreConnection connection) {
        if (connection.ofDomain) {
            throw new IllegalArgumentException(
                    "domain " + connection.domid + " is released, not disconnected");
        }
        remove(connection);
    }

    /** The toolstack's connections, in the order in which they were made. */
    public List<StoreConnection> toolstackConnections() {
        return connections.stream().filter(connection -> !connection.ofDomain).toList();
    }

    /** A domain's connection; null unless the toolstack has introduced it. */
    public @Nullable StoreConnection connectionOf(int domid) {
        StoreDomain domain = domains.find(domid);
        return domain == null ? null : domain.connection;
    }

    /** The hypervisor has a new domain. */
    public void domainCreated(int domid) {
        domains.existing.add(domid);
    }

    /** A domain has shut down or crashed: who watches {@code @releaseDomain} hears of it once. */
    public void domainShutDown(int domid) {
        StoreDomain domain = domains.findIntroduced(domid);
        if (domain != null && !domain.shutDown) {
            domain.shutDown = true;
            watches.fireSpecial(StorePaths.RELEASE_DOMAIN);
        }
    }

    /** The hypervisor has a domain no more; all that it owned in the store goes. */
    public void domainDestroyed(int domid) {
        domains.existing.remove(domid);
        StoreDomain domain = domains.find(domid);
        if (domain != null && domid != 0) {
            domainRequests.remove(domain);
        }
    }

    /** The whole state; a server that is restored takes it in place of its own. */
    public void state(StateFields s) {
        new StoreSnapshot(this, s).state();
    }

    /**
     * A node and all below it, parents first and children in the order of their creation, as they
     * are outside of transactions.
     *
     * @return empty if there is no such node
     */
    public List<StoredNode> nodes(String root) {
        List<StoredNode> found = new ArrayList<>();
        Deque<String> ahead = new ArrayDeque<>(List.of(root));
        while (!ahead.isEmpty()) {
            String path = ahead.removeFirst();
            NodeRecord node = table.get(path);
            if (node != null) {
                found.add(new StoredNode(path, node.value(), node.permissions().entries()));
                CText.strings(node.children())
                        .reversed()
                        .forEach(name -> ahead.addFirst(StorePaths.child(path, name)));
            }
        }
        return found;
    }

    /** Carries out the request whose header the connection holds. */
    void process(StoreConnection connection, String payload) {
        OutstandingRequest outstanding = new OutstandingRequest(nextSerial++, connection.domid);
        int type = StoreMessage.field(connection.header, XsdSockmsg.TYPE);
        try {
            dispatch(connection, type, payload, outstanding);
        } catch (StoreRefusal refusal) {
            connection.reply(outstanding, XenstoreMessageType.ERROR, refusal.wireName() + '\0');
        }
    }

    private void dispatch(
            StoreConnection connection, int type, String payload, OutstandingRequest outstanding) {
        RequestKind kind = RequestKind.of(type);
        if (kind == null) {
            throw StoreRefusal.ENOSYS;
        }
        if (kind.isPrivileged() && connection.isUnprivileged()) {
            throw StoreRefusal.EACCES;
        }
        int id = StoreMessage.field(connection.header, XsdSockmsg.TX_ID);
        StoreTransaction transaction = null;
        if (id != 0 && !kind.ignoresTransaction()) {
            transaction = connection.transactions.get(id);
            if (transaction == null) {
                throw StoreRefusal.ENOENT;
            }
        }
        NodeAccess access = new NodeAccess(table, domains, connection, transaction);
        StoreRequest request =
                new StoreRequest(connection, payload, transaction, access, outstanding);
        if (kind == RequestKind.WATCH) {
            StoreWatch watch = watches.watch(request);
            connection.reply(outstanding, type, DONE);
            connection.sendEvent(null, watch.reported(watch.path()), watch.token());
        } else {
            connection.reply(outstanding, type, answer(kind, request));
        }
    }

    private String answer(RequestKind kind, StoreRequest request) {
        return switch (kind) {
            case CONTROL -> control.control(request);
            case DIRECTORY -> nodeRequests.directory(request);
            case READ -> nodeRequests.read(request);
            case GET_PERMS -> nodeRequests.permissions(request);
            case DIRECTORY_PART -> nodeRequests.directoryPart(request);
            case TRANSACTION_START -> transactions.start(request);
            case GET_DOMAIN_PATH -> domainRequests.path(request);
            case IS_DOMAIN_INTRODUCED -> domainRequests.isIntroduced(request);
            case WATCH,
                    UNWATCH,
                    TRANSACTION_END,
                    INTRODUCE,
                    RELEASE,
                    WRITE,
                    MKDIR,
                    RM,
                    SET_PERMS,
                    RESUME,
                    SET_TARGET,
                    RESET_WATCHES -> {
                perform(kind, request);
                yield DONE;
            }
        };
    }

    private void perform(RequestKind kind, StoreRequest request) {
        switch (kind) {
            case UNWATCH -> watches.unwatch(request);
            case TRANSACTION_END -> transactions.end(request);
            case INTRODUCE -> domainRequests.introduce(request);
            case RELEASE -> domainRequests.release(request);
            case WRITE -> nodeRequests.write(request);
            case MKDIR -> nodeRequests.makeDirectory(request);
            case RM -> nodeRequests.remove(request);
            case SET_PERMS -> nodeRequests.setPermissions(request);
            case RESUME -> domainRequests.resume(request);
            case SET_TARGET -> domainRequests.setTarget(request);
            case RESET_WATCHES -> request.connection().forgetWatchesAndTransactions();
            default -> throw new IllegalStateException(kind + " has an answer of its own");
        }
    }

    StoreDomains domains() {
        return domains;
    }

    NodeTable table() {
        return table;
    }

    List<StoreConnection> connections() {
        return connections;
    }

    SortedMap<String, StorePermissions> special() {
        return special;
    }

    long nextSerial() {
        return nextSerial;
    }

    void setNextSerial(long serial) {
        nextSerial = serial;
    }

    NodeAccess access(@Nullable StoreConnection connection) {
        return new NodeAccess(table, domains, connection, null);
    }

    int limit(StoreQuota quota) {
        return domains.limit(quota);
    }

    void add(StoreConnection connection) {
        connections.add(connection);
    }

    void remove(StoreConnection connection) {
        connection.reset();
        connection.answered.forEach(request -> request.awaitsEvents = false);
        connection.answered.clear();
        connections.remove(connection);
    }

    /** Whether a client may send more. */
    boolean mayRead(StoreConnection connection) {
        StoreDomain domain = connection.isUnprivileged() ? domains.find(connection.domid) : null;
        return domain == null
                || (domain.outstanding < limit(StoreQuota.OUTSTANDING)
                        && domain.memoryBytes < limit(StoreQuota.MEMORY));
    }

    void countOutstanding(StoreConnection connection, int change) {
        StoreDomain domain = connection.ofDomain ? domains.find(connection.domid) : null;
        if (domain != null) {
            domain.outstanding += change;
        }
    }

    /** The last event of an answered request is taken. */
    void settle(OutstandingRequest request) {
        StoreDomain domain = domains.findIntroduced(request.domid);
        if (domain != null) {
            domain.outstanding--;
            if (domain.connection != null) {
                domain.connection.answered.remove(request);
            }
        }
    }

    /** Counts a watch; answers false if it takes too much memory. */
    boolean countWatch(StoreConnection connection, StoreWatch watch, int change) {
        if (!domains.addMemory(connection.domid, change * watch.memoryBytes(), change > 0)) {
            return false;
        }
        StoreDomain domain = connection.ofDomain ? domains.find(connection.domid) : null;
        if (domain != null) {
            domain.watches += change;
        }
        return true;
    }

    int watchesOf(StoreConnection connection) {
        StoreDomain domain = connection.isUnprivileged() ? domains.find(connection.domid) : null;
        return domain == null ? 0 : domain.watches;
    }

    int nodesOf(StoreConnection connection) {
        StoreDomain domain = connection.isUnprivileged() ? domains.find(connection.domid) : null;
        return domain == null ? 0 : domain.nodes;
    }

    @Nullable StorePermissions permissionsOf(String path) {
        Node node = access(null).read(path);
        return node == null ? null : node.permissions;
    }

    /** A special path that does not exist is nobody's. */
    StorePermissions specialPermissions(String path) {
        return special.getOrDefault(path, StorePermissions.ownedBy(0));
    }

    void setSpecialPermissions(
            StoreConnection connection, String path, StorePermissions permissions) {
        StorePermissions current = special.get(path);
        if (current == null) {
            throw StoreRefusal.EINVAL;
        }
        int needed = StorePermission.WRITE | StorePermission.OWNER;
        if ((current.accessOf(connection) & needed) != needed) {
            throw StoreRefusal.EACCES;
        }
        special.put(path, permissions);
    }

    void forgetInSpecialPermissions(int domid) {
        special.replaceAll((path, permissions) -> permissions.without(domid));
    }

    /**
     * Permissions as a client gives them: domains that do not exist count for nothing.
     *
     * @throws StoreRefusal ENOENT if that is the owner
     */
    StorePermissions referTo(List<StorePermission> entries) {
        List<StorePermission> known = new ArrayList<>();
        for (StorePermission entry : entries) {
            boolean exists = domains.findOrAdd(entry.domid(), table.generation) != null;
            known.add(exists ? entry : entry.ignored());
        }
        if (known.getFirst().isIgnored()) {
            throw StoreRefusal.ENOENT;
        }
        return new StorePermissions(known);
    }
}
