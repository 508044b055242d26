package dev.vls.machine.device.xenbus;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.vls.machine.device.DeviceMachine;
import dev.vls.machine.hypervisor.BackendChannel;
import dev.vls.machine.state.StateFields;
import dev.vls.machine.xenstore.DomainDescription;
import dev.vls.xen.abi.io.XenbusState;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A backend's states as a frontend drives them, and what it holds of the guest in each. */
class XenbusBackendTest {
    private static final int RING = DeviceMachine.FREE_PFN;
    private static final DomainDescription.Disk DISK =
            new DomainDescription.Disk(0, "disk.img", true);
    private static final String BACK = "/local/domain/0/backend/vbd/1/" + DISK.number();
    private static final String FRONT = "/local/domain/1/device/vbd/" + DISK.number();
    private static final long REACTION = 50_000;

    /** Answers each event with one. */
    private static final class Echo extends XenbusBackend {
        private final GrantedPages ring;
        private final BackendChannel channel;
        int served;

        Echo(DriverDomain home) {
            super(home, "vbd", DISK.number(), REACTION);
            ring = new GrantedPages(home);
            channel = new BackendChannel(home.guest().events(), work::request);
        }

        @Override
        protected void advertise(Nodes nodes) {
            nodes.write("feature-echo", 1);
        }

        @Override
        protected void deviceState(StateFields s) {
            ring.state(s, 1);
            channel.state(s);
        }

        @Override
        protected void connect(Nodes frontend, Nodes backend) throws FrontendException {
            if (ring.map(new int[] {frontend.require("ring-ref")}) != 0) {
                throw new FrontendException("mapping ring-ref");
            }
            if (!channel.bind(frontend.require("event-channel"))) {
                throw new FrontendException("binding event-channel");
            }
            backend.write("echoes", frontend.read("echoes", 7));
        }

        @Override
        protected void disconnect() {
            channel.close();
            ring.unmap();
        }

        @Override
        protected void serve() {
            served++;
            channel.notifyGuest();
        }
    }

    private final DeviceMachine guest = new DeviceMachine(32, List.of(DISK), List.of());
    private final Echo echo = new Echo(guest.home);
    private int port;

    @BeforeEach
    void start() {
        echo.start();
        guest.store.serve();
        assertEquals(XenbusState.INIT_WAIT, state());
        guest.grant(RING, false);
    }

    @AfterEach
    void close() {
        guest.close();
    }

    private int state() {
        return Integer.parseInt(String.valueOf(guest.toolstack().read(BACK + "/state")));
    }

    private void front(int state) {
        guest.write(FRONT + "/state", Integer.toString(state));
    }

    private void connect() {
        port = guest.offerPort();
        guest.write(FRONT + "/ring-ref", Integer.toString(RING));
        guest.write(FRONT + "/event-channel", Integer.toString(port));
        front(XenbusState.INITIALISED);
    }

    @Test
    void frontendConnectsAndItsEventsAreServedAfterTheReactionTime() {
        assertEquals("1", guest.toolstack().read(BACK + "/feature-echo"));
        connect();
        assertEquals(XenbusState.CONNECTED, state());
        assertEquals("7", guest.toolstack().read(BACK + "/echoes"));
        assertTrue(guest.grants.isInUse(RING));
        // Once by itself: what was sent before the channel was bound is lost.
        guest.pass(REACTION);
        assertEquals(1, echo.served);
        assertTrue(guest.takeEvent(port));
        guest.send(port);
        guest.send(port);
        guest.pass(REACTION - 1);
        assertEquals(1, echo.served);
        guest.pass(1);
        assertEquals(2, echo.served);
        guest.send(port);
        echo.hurry();
        echo.hurry();
        assertEquals(3, echo.served);
        front(XenbusState.CONNECTED);
        assertEquals(XenbusState.CONNECTED, state());
    }

    @Test
    void closedFrontendGetsEverythingBackAndMayComeAgain() {
        for (int round = 0; round < 3; round++) {
            connect();
            front(XenbusState.CLOSING);
            assertEquals(XenbusState.CLOSING, state());
            front(XenbusState.CLOSED);
            assertEquals(XenbusState.CLOSED, state());
            assertFalse(guest.grants.isInUse(RING));
            assertFalse(echo.isGone());
            front(XenbusState.INITIALISING);
            assertEquals(XenbusState.INIT_WAIT, state());
        }
    }

    @Test
    void portThatTheGuestUsesForSomethingElseGetsNoEvents() {
        connect();
        guest.pass(REACTION);
        guest.takeEvent(port);
        guest.machine.domain.events().close(port);
        int other = guest.offerPort();
        assertEquals(port, other);
        echo.serve();
        assertFalse(guest.takeEvent(other));
    }

    @Test
    void nonsenseOfTheFrontendIsSaidInTheStoreAndClosesTheDevice() {
        guest.grants.revoke(RING);
        connect();
        assertEquals(XenbusState.CLOSING, state());
        String error = "/local/domain/0/error/backend/vbd/1/" + DISK.number() + "/error";
        assertEquals("mapping ring-ref", guest.toolstack().read(error));
        front(XenbusState.CLOSED);
        front(XenbusState.INITIALISING);
        guest.grant(RING, false);
        connect();
        assertEquals(XenbusState.CONNECTED, state());
        guest.write(FRONT + "/state", "nine");
        assertEquals(XenbusState.CLOSED, state());
        assertTrue(echo.isGone());
        assertFalse(guest.grants.isInUse(RING));
    }

    @Test
    void operatorTakesTheDeviceAway() {
        connect();
        echo.unplug();
        guest.store.serve();
        assertEquals(XenbusState.CLOSING, state());
        assertTrue(guest.grants.isInUse(RING));
        front(XenbusState.CLOSING);
        front(XenbusState.CLOSED);
        assertTrue(echo.isGone());
        assertEquals(XenbusState.CLOSED, state());
        assertFalse(guest.grants.isInUse(RING));
        front(XenbusState.INITIALISING);
        assertEquals(XenbusState.CLOSED, state());
    }

    @Test
    void removedNodesOfTheDeviceStayRemoved() {
        connect();
        guest.toolstack().remove(BACK);
        guest.toolstack().remove(FRONT);
        guest.store.serve();
        assertTrue(echo.isGone());
        assertNull(guest.toolstack().read(BACK + "/state"));
        assertFalse(guest.grants.isInUse(RING));
    }
}
