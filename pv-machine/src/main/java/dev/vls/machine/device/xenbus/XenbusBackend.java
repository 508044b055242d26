package dev.vls.machine.device.xenbus;

import dev.vls.machine.device.DeferredWork;
import dev.vls.machine.state.StateFields;
import dev.vls.machine.xenstore.XenstoreClient;
import dev.vls.xen.abi.io.XenbusState;
import org.jspecify.annotations.Nullable;

/**
 * The backend of one PV device: follows the frontend's state in xenstore and shows its own, as the
 * drivers of Linux do ({@code frontend_changed} of xen-blkback and xen-netback, {@code
 * drivers/xen/xenbus}). The toolstack has written the device's nodes before; {@link #start} takes
 * it from there.
 *
 * <pre>
 *   frontend              backend
 *                         Initialising -> InitWait          start: features are in the store
 *   Initialised|Connected Initialised, InitWait -> Connected   {@link #connect}
 *   Closing               -> Closing                        requests are still served
 *   Closed                -> Closed                         {@link #disconnect}
 *   Initialising          Closed -> InitWait                a new driver: kexec, a second load
 *   (no such node)        -> Closed                         and gone
 * </pre>
 *
 * <p>A frontend that closes a device which is no longer {@code online} leaves the backend
 * {@linkplain #isGone gone}. What a subclass does about the guest's events is in {@link #serve}.
 */
public abstract class XenbusBackend {
    private static final String BACKENDS = "/local/domain/0/backend";
    private static final String ERRORS = "/local/domain/0/error/backend";

    protected final DriverDomain home;

    /** Requests {@link #serve}; what an event channel of the device runs. */
    protected final DeferredWork work;

    private final String relativePath;
    private final String backendPath;
    private final String frontendPath;
    private int state = XenbusState.INITIALISING;
    private boolean gone;

    /**
     * @param kind in the store: {@code vbd}, {@code vif}
     * @param number in the store: the vbd's number, the vif's index
     * @param reactionTime from an event of the guest to {@link #serve}, in ns, unless the guest
     *     waits before
     */
    @SuppressWarnings("this-escape") // Nobody requests work before the backend is started.
    protected XenbusBackend(DriverDomain home, String kind, int number, long reactionTime) {
        int domid = home.guest().id();
        this.home = home;
        this.work = new DeferredWork(home.guest(), reactionTime, this::serve);
        this.relativePath = "%s/%d/%d".formatted(kind, domid, number);
        this.backendPath = BACKENDS + "/" + relativePath;
        this.frontendPath = "/local/domain/%d/device/%s/%d".formatted(domid, kind, number);
    }

    // --- what a device is ---

    /**
     * Writes nodes of the backend that a frontend reads before it connects.
     *
     * @param nodes names relative to the backend's directory
     */
    protected abstract void advertise(Nodes nodes);

    /**
     * Reads what the frontend wrote, maps its rings and binds its event channels; then writes what
     * it is to read next. Called when disconnected.
     *
     * @throws FrontendException if the frontend's nodes make no sense
     */
    protected abstract void connect(Nodes frontend, Nodes backend) throws FrontendException;

    /** Gives back all that {@link #connect} took, however far it came; harmless when repeated. */
    protected abstract void disconnect();

    /** Takes requests from the rings and gives answers, as far as they go. */
    protected abstract void serve();

    // --- life ---

    /** Offers the device to the guest. */
    public final void start() {
        advertise(new Nodes(backendPath));
        switchTo(XenbusState.INIT_WAIT);
        home.store().watch(frontendPath + "/state", backendPath, path -> frontendChanged());
    }

    /** Lets go of the guest without a word to it: its nodes in the store go next. */
    public final void stop() {
        if (!gone) {
            end();
        }
        release();
        gone = false;
        state = XenbusState.INITIALISING;
    }

    /**
     * Asks the frontend to let go of the device, as {@code xl block-detach} does. The backend is
     * {@linkplain #isGone gone} when it has.
     */
    public final void unplug() {
        store().transact(
                        nodes -> {
                            nodes.write(backendPath + "/online", "0");
                            nodes.write(
                                    backendPath + "/state", Integer.toString(XenbusState.CLOSING));
                        });
        state = XenbusState.CLOSING;
    }

    /** Whether the device is no more; its nodes are the toolstack's to remove. */
    public final boolean isGone() {
        return gone;
    }

    public final boolean isConnected() {
        return state == XenbusState.CONNECTED;
    }

    /** Does at once what the guest's events asked for, because the guest waits. */
    public final void hurry() {
        work.hurry();
    }

    /** The device's state, its own fields included. */
    public final void state(StateFields s) {
        state = s.int32("state", state, XenbusState.UNKNOWN, XenbusState.RECONFIGURED);
        gone = s.flag("gone", gone);
        if (s.flag("watches", home.store().isWatched(backendPath)) && s.restores()) {
            home.store().listen(backendPath, path -> frontendChanged());
        }
        deviceState(s);
    }

    /** What there is besides of this kind of device. */
    protected abstract void deviceState(StateFields s);

    private void frontendChanged() {
        if (gone) {
            return;
        }
        switch (number(store().read(frontendPath + "/state"), XenbusState.UNKNOWN)) {
            case XenbusState.INITIALISING -> {
                if (state == XenbusState.CLOSED) {
                    switchTo(XenbusState.INIT_WAIT);
                }
            }
            case XenbusState.INITIALISED, XenbusState.CONNECTED -> frontendReady();
            case XenbusState.CLOSING -> switchTo(XenbusState.CLOSING);
            case XenbusState.CLOSED -> {
                release();
                switchTo(XenbusState.CLOSED);
                if (number(store().read(backendPath + "/online"), 0) == 0) {
                    end();
                }
            }
            case XenbusState.UNKNOWN -> {
                release();
                switchTo(XenbusState.CLOSED);
                end();
            }
            default -> fail("saw state %s at frontend".formatted(frontendPath));
        }
    }

    private void frontendReady() {
        if (state != XenbusState.INIT_WAIT && state != XenbusState.INITIALISED) {
            return;
        }
        release();
        try {
            connect(new Nodes(frontendPath), new Nodes(backendPath));
        } catch (FrontendException e) {
            release();
            fail(e.why);
            return;
        }
        switchTo(XenbusState.CONNECTED);
        // What the guest sent before the event channel was bound is lost.
        work.request();
    }

    private void release() {
        work.cancel();
        disconnect();
    }

    private void end() {
        gone = true;
        home.store().unwatch(frontendPath + "/state", backendPath);
    }

    /** {@code xenbus_dev_fatal}: says why in the store, and asks the frontend to close. */
    protected final void fail(String why) {
        store().write(ERRORS + "/" + relativePath + "/error", why);
        switchTo(XenbusState.CLOSING);
    }

    private void switchTo(int next) {
        // Not if the toolstack has removed the device: that would bring back half of it.
        if (next != state && store().read(backendPath + "/state") != null) {
            store().write(backendPath + "/state", Integer.toString(next));
        }
        state = next;
    }

    private XenstoreClient store() {
        return home.store().toolstack();
    }

    private static int number(@Nullable String value, int otherwise) {
        return value != null && value.matches("[0-9]{1,9}") ? Integer.parseInt(value) : otherwise;
    }

    /** The backend's own nodes. */
    protected final Nodes nodes() {
        return new Nodes(backendPath);
    }

    /** The nodes of one end of the device. */
    protected final class Nodes {
        private final String path;

        private Nodes(String path) {
            this.path = path;
        }

        /** A node's value, null if there is no such node. */
        public @Nullable String read(String name) {
            return store().read(path + "/" + name);
        }

        /** A number, or what to take it for if the node is missing or holds none. */
        public int read(String name, int otherwise) {
            return number(read(name), otherwise);
        }

        /**
         * A number.
         *
         * @throws FrontendException if the node is missing or holds none
         */
        public int require(String name) throws FrontendException {
            int value = read(name, -1);
            if (value < 0) {
                throw new FrontendException("reading %s/%s".formatted(path, name));
            }
            return value;
        }

        public void write(String name, String value) {
            store().write(path + "/" + name, value);
        }

        public void write(String name, long value) {
            write(name, Long.toString(value));
        }
    }

    /** The nodes of the frontend, or what they refer to, cannot be used. */
    protected static final class FrontendException extends Exception {
        private static final long serialVersionUID = 1;

        private final String why;

        public FrontendException(String why) {
            super(why);
            this.why = why;
        }
    }
}
