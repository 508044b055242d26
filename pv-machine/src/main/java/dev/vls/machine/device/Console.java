package dev.vls.machine.device;

import static dev.vls.machine.memory.MachineMemory.PAGE_SHIFT;

import dev.vls.machine.hypervisor.Domain;
import dev.vls.machine.memory.MachineMemory;
import dev.vls.machine.state.StateFields;
import dev.vls.xen.abi.io.XenconsInterface;
import java.util.ArrayDeque;

/**
 * The backend of the PV console, as xenconsoled: takes what the guest put into its output ring
 * whenever the guest sends an event, and puts input into the other ring as space allows. Indices
 * that make no sense are left alone.
 */
public final class Console {
    /** From an event of the guest to the backend's work, in ns, unless the guest waits before. */
    private static final long REACTION_TIME = 1_000_000;

    /** Input that waits for space in the ring; more is lost, as on a real line. */
    private static final int BACKLOG_MAX = 64 * 1024;

    /** Receives what the guest wrote; bytes are to be copied. */
    @FunctionalInterface
    public interface Output {
        void write(byte[] bytes, int offset, int length);
    }

    private final Domain domain;
    private final Output output;
    private final byte[] chunk = new byte[XenconsInterface.OUT_LENGTH];
    private final ArrayDeque<Byte> backlog = new ArrayDeque<>();
    private final DeferredWork work;
    private final Runnable onEvent;
    private long ring;
    private int port;

    public Console(Domain domain, Output output) {
        this.domain = domain;
        this.output = output;
        this.work = new DeferredWork(domain, REACTION_TIME, this::serve);
        this.onEvent = work::request;
        domain.events().addBackend(onEvent);
    }

    /**
     * Connects the device.
     *
     * @param mfn frame of the guest with the rings
     * @param guestPort the guest's end of the event channel
     */
    public void attach(long mfn, int guestPort) {
        ring = mfn << PAGE_SHIFT;
        port = guestPort;
    }

    /** What to do when the guest sends an event: there is output, or space for input. */
    public Runnable onEvent() {
        return onEvent;
    }

    /** Takes output out of the ring and puts input into it. */
    public void serve() {
        work.cancel();
        MachineMemory memory = domain.memory();
        int consumed = memory.getInt(ring + XenconsInterface.OUT_CONS);
        int produced = memory.getInt(ring + XenconsInterface.OUT_PROD);
        int count = produced - consumed;
        if (count > 0 && count <= XenconsInterface.OUT_LENGTH) {
            for (int i = 0; i < count; i++) {
                int at = consumed + i & (XenconsInterface.OUT_LENGTH - 1);
                chunk[i] = (byte) memory.getByte(ring + XenconsInterface.OUT + at);
            }
            memory.setInt(ring + XenconsInterface.OUT_CONS, produced);
            output.write(chunk, 0, count);
            domain.events().notifyGuest(port);
        }
        deliverInput();
    }

    /** Bytes of input that wait for space in the ring. */
    public int backlog() {
        return backlog.size();
    }

    /** Input from outside. */
    public void receive(byte[] bytes) {
        for (byte b : bytes) {
            if (backlog.size() < BACKLOG_MAX) {
                backlog.add(b);
            }
        }
        serve();
    }

    private void deliverInput() {
        MachineMemory memory = domain.memory();
        int consumed = memory.getInt(ring + XenconsInterface.IN_CONS);
        int produced = memory.getInt(ring + XenconsInterface.IN_PROD);
        int used = produced - consumed;
        if (backlog.isEmpty() || used < 0 || used >= XenconsInterface.IN_LENGTH) {
            return;
        }
        for (; used < XenconsInterface.IN_LENGTH && !backlog.isEmpty(); used++) {
            int at = produced & (XenconsInterface.IN_LENGTH - 1);
            memory.setByte(ring + XenconsInterface.IN + at, backlog.remove());
            produced++;
        }
        memory.setInt(ring + XenconsInterface.IN_PROD, produced);
        domain.events().notifyGuest(port);
    }

    /** Where the ring is, and what waits for room in it. */
    void state(StateFields s) {
        ring = s.int64("ring", ring, 0, (domain.memory().frames() - 1) << PAGE_SHIFT);
        port = s.int32("port", port);
        byte[] waiting = new byte[backlog.size()];
        int count = 0;
        for (byte one : backlog) {
            waiting[count++] = one;
        }
        waiting = s.blob("backlog", waiting, BACKLOG_MAX);
        backlog.clear();
        for (byte one : waiting) {
            backlog.add(one);
        }
    }
}
