package dev.vls.machine.device;

import static dev.vls.machine.memory.MachineMemory.PAGE_SHIFT;

import dev.vls.machine.device.xenbus.DriverDomain;
import dev.vls.machine.domain.BuiltDomain;
import dev.vls.machine.frames.SmallMachine;
import dev.vls.machine.grant.BackendGrants;
import dev.vls.machine.grant.GuestGrants;
import dev.vls.machine.xenstore.DomainDescription;
import dev.vls.machine.xenstore.XenstoreClient;
import dev.vls.xen.abi.xen.SharedInfo;
import java.util.List;

/**
 * A guest for tests of backends: memory, grants, event channels and the store are the machine's
 * own; the guest's driver is the test. Its grant reference n gives its pfn n.
 */
public final class DeviceMachine implements AutoCloseable {
    private static final int STORE_PFN = 0;
    private static final int CONSOLE_PFN = 1;
    private static final int SHARED_INFO_PFN = 2;

    /** The first pfn that is of no use to this class. */
    public static final int FREE_PFN = 8;

    public final SmallMachine machine;
    public final StoreDevice store;
    public final DriverDomain home;

    /** By the guest, of whatever number. */
    public final GuestGrants grants;

    /**
     * @param pages up to 512, of which the last four are page tables
     */
    public DeviceMachine(
            int pages,
            List<DomainDescription.Disk> disks,
            List<DomainDescription.Interface> interfaces) {
        machine = new SmallMachine(pages, 1);
        machine.domain.setSharedInfo(machine.mfns[SHARED_INFO_PFN]);
        grants = new GuestGrants(machine.grants, machine.memory);
        store = new StoreDevice(machine.domain);
        home =
                new DriverDomain(
                        machine.domain, new BackendGrants(machine.grants, machine.manager), store);
        Runnable nobody = () -> {};
        machine.domain.events().addBackend(nobody);
        int storePort = machine.domain.events().bindBackend(store.onEvent());
        int consolePort = machine.domain.events().bindBackend(nobody);
        store.introduce(
                new BuiltDomain(
                        machine.mfns[STORE_PFN], storePort, machine.mfns[CONSOLE_PFN], consolePort),
                new DomainDescription(
                        machine.domain.id(),
                        "test",
                        "00000000-0000-0000-0000-000000000000",
                        1,
                        pages << 2,
                        "",
                        "",
                        "",
                        "0.00",
                        storePort,
                        machine.mfns[STORE_PFN],
                        consolePort,
                        machine.mfns[CONSOLE_PFN],
                        disks,
                        interfaces));
        store.serve();
    }

    public XenstoreClient toolstack() {
        return store.toolstack();
    }

    /** Writes a node as the guest does, and lets those who watch it act. */
    public void write(String path, String value) {
        toolstack().write(path, value);
        store.serve();
    }

    /** The machine address of a page of the guest. */
    public long maddr(int pfn) {
        return machine.mfns[pfn] << PAGE_SHIFT;
    }

    /** Grants a page to domain 0 under the number of the page. */
    public void grant(int pfn, boolean readOnly) {
        grants.grant(pfn, machine.mfns[pfn], readOnly);
    }

    /** A new event channel for a backend to bind. */
    public int offerPort() {
        return machine.domain.events().allocUnbound(machine.domain.id(), BackendGrants.DOMID);
    }

    /** Sends an event, as the guest does. */
    public void send(int port) {
        machine.domain.events().send(port);
    }

    /** Whether the guest was sent an event since the last time. */
    public boolean takeEvent(int port) {
        long word = machine.domain.sharedInfoMaddr() + SharedInfo.EVTCHN_PENDING + (port >> 6) * 8L;
        long pending = machine.memory.getLong(word);
        machine.memory.setLong(word, pending & ~(1L << port));
        return (pending >>> port & 1) != 0;
    }

    /** Lets so much time pass; timers of devices expire. */
    public void pass(long nanoseconds) {
        machine.domain.time().advance(nanoseconds);
    }

    @Override
    public void close() {
        machine.close();
    }
}
