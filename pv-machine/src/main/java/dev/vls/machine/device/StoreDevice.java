package dev.vls.machine.device;

import static dev.vls.machine.memory.MachineMemory.PAGE_SHIFT;
import static dev.vls.machine.memory.MachineMemory.PAGE_SIZE;

import dev.vls.machine.domain.BuiltDomain;
import dev.vls.machine.hypervisor.Domain;
import dev.vls.machine.memory.MachineMemory;
import dev.vls.machine.state.StateFields;
import dev.vls.machine.xenstore.DomainDescription;
import dev.vls.machine.xenstore.DomainLinks;
import dev.vls.machine.xenstore.StoreConnection;
import dev.vls.machine.xenstore.StoreRing;
import dev.vls.machine.xenstore.StoredNode;
import dev.vls.machine.xenstore.XenstoreClient;
import dev.vls.machine.xenstore.XenstoreClient.Event;
import dev.vls.machine.xenstore.XenstoreLayout;
import dev.vls.machine.xenstore.XenstoreServer;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The xenstore of the machine's host, with the domain's ring and event channel at one end and the
 * toolstack's connection at the other. Like a daemon in a domain of its own it takes a while before
 * it looks at what the guest sent.
 */
public final class StoreDevice implements DomainLinks {
    /** From an event of the guest to the daemon's work, in ns. */
    private static final long REACTION_TIME = 100_000;

    private final Domain domain;
    private final DeferredWork work;
    private final XenstoreServer server = new XenstoreServer(this);
    private final Runnable onEvent;
    private final XenstoreClient toolstack;
    private final SortedMap<String, StoreListener> listeners = new TreeMap<>();
    private long ringMaddr;
    private int port;
    private @Nullable StoreRing ring;

    public StoreDevice(Domain domain) {
        this.domain = domain;
        this.work = new DeferredWork(domain, REACTION_TIME, this::serve);
        this.onEvent = work::request;
        domain.events().addBackend(onEvent);
        this.toolstack = new XenstoreClient(server.connectToolstack());
    }

    /** Writes what the toolstack writes of a new domain, and introduces it. */
    public void introduce(BuiltDomain built, DomainDescription description) {
        ringMaddr = built.storeMfn() << PAGE_SHIFT;
        server.domainCreated(domain.id());
        XenstoreLayout.writeHost(toolstack);
        XenstoreLayout layout = new XenstoreLayout(toolstack, description);
        layout.writeDomain();
        toolstack.introduce(domain.id(), built.storeMfn(), built.storePort());
        layout.writeConsole("pty");
        layout.writeDevices();
    }

    /** Takes all that the toolstack has written of the domain, and what the domain wrote, away. */
    public void forget(DomainDescription description) {
        work.cancel();
        new XenstoreLayout(toolstack, description).remove();
        server.domainDestroyed(domain.id());
    }

    /** The domain has shut down: tells who watches for it, once. */
    public void domainShutDown() {
        server.domainShutDown(domain.id());
        serve();
    }

    /** A node and all below it, as {@link XenstoreServer#nodes}. */
    public List<StoredNode> nodes(String root) {
        return server.nodes(root);
    }

    /** The toolstack's way to the store; follow changes by {@link #serve}. */
    public XenstoreClient toolstack() {
        return toolstack;
    }

    /** What to do when the guest sends an event: there are requests, or space for answers. */
    public Runnable onEvent() {
        return onEvent;
    }

    /**
     * Calls back whenever the toolstack's watch fires: once soon, and at every change of the node,
     * of those below it, and of those above it that take it along.
     *
     * @param token not in use by another watch
     */
    public void watch(String path, String token, StoreListener listener) {
        if (listeners.putIfAbsent(token, listener) != null) {
            throw new IllegalArgumentException("a second watch with the token " + token);
        }
        toolstack.watch(path, token);
    }

    /** Whether there is a watch with a token. */
    public boolean isWatched(String token) {
        return listeners.containsKey(token);
    }

    /** Calls back for a watch that was restored with the store. */
    public void listen(String token, StoreListener listener) {
        listeners.put(token, listener);
    }

    /** Ends a watch. */
    public void unwatch(String path, String token) {
        toolstack.unwatch(path, token);
        listeners.remove(token);
    }

    /**
     * Answers what the guest asked, tells the toolstack's listeners what has changed, and hands the
     * guest the events of its own watches. To be called after every change that does not come from
     * the guest, such as an operator's.
     */
    public void serve() {
        work.cancel();
        do {
            pumpRing();
        } while (tellListeners());
    }

    private void pumpRing() {
        StoreRing carried = ring;
        if (carried != null) {
            domain.memory().beforeRead(ringMaddr);
            domain.memory().beforeWrite(ringMaddr, PAGE_SIZE);
            if (carried.pump()) {
                domain.events().notifyGuest(port);
            }
        }
    }

    /** Answers whether there was anything to tell, so that the store may have changed again. */
    private boolean tellListeners() {
        boolean any = false;
        for (Event event = toolstack.nextEvent(); event != null; event = toolstack.nextEvent()) {
            StoreListener listener = listeners.get(event.token());
            if (listener != null) {
                listener.changed(event.path());
            }
            any = true;
        }
        return any;
    }

    @Override
    public boolean attach(int domid, int atPort, StoreConnection connection) {
        if (domid != domain.id()) {
            return false;
        }
        MachineMemory memory = domain.memory();
        StoreRing carried = ring(connection);
        memory.beforeWrite(ringMaddr, PAGE_SIZE);
        carried.initialize();
        ring = carried;
        port = atPort;
        return true;
    }

    private StoreRing ring(StoreConnection connection) {
        long host = domain.memory().hostAddress(ringMaddr, PAGE_SIZE);
        return new StoreRing(MachineMemory.HOST.asSlice(host, PAGE_SIZE), connection);
    }

    @Override
    public void reset(int domid) {
        StoreRing carried = ring;
        if (carried != null) {
            domain.memory().beforeWrite(ringMaddr, PAGE_SIZE);
            if (carried.reset()) {
                domain.events().notifyGuest(port);
            }
        }
    }

    @Override
    public void detach(int domid) {
        ring = null;
    }

    /** The store, the toolstack's connection, and the ring; who listens says so himself. */
    void state(StateFields s) {
        server.state(s);
        toolstack.state(s, server);
        ringMaddr =
                s.int64("ringMaddr", ringMaddr, 0, (domain.memory().frames() - 1) << PAGE_SHIFT);
        port = s.int32("port", port);
        boolean carries = s.flag("ring", ring != null);
        if (s.restores()) {
            StoreConnection connection = server.connectionOf(domain.id());
            if (carries && connection == null) {
                throw s.refusal("ring", "the store does not know the domain");
            }
            ring = carries && connection != null ? ring(connection) : null;
            listeners.clear();
        }
    }
}
