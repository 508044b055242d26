package dev.vls.machine.host.net;

import dev.vls.machine.Input;
import dev.vls.machine.device.net.FrameOffload;
import dev.vls.machine.host.HostInputs;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Where a cable goes into a machine's interface: makes inputs of what comes through it, but never
 * more than a window that the guest has not taken yet. A link that brings more waits a little, so
 * that a stream's peer is slowed down; then frames are dropped until there is room again.
 */
public final class NetworkPlug implements LinkListener, AutoCloseable {
    /** What the backend's own backlog can hold. */
    private static final int WINDOW_BYTES = 1 << 20;

    private static final long PATIENCE_NANOS = TimeUnit.MILLISECONDS.toNanos(200);

    private final int device;
    private final NetworkLink link;
    private final HostInputs inputs;
    private final Consumer<String> remarks;
    private final AtomicInteger outstandingBytes = new AtomicInteger();
    private volatile @Nullable Thread waiter;
    private volatile @Nullable Consumer<byte[]> diversion;
    private boolean stalled;
    private boolean started;

    /**
     * @param device index of the interface
     * @param remarks told what an operator should know, in lines
     */
    public NetworkPlug(int device, NetworkLink link, HostInputs inputs, Consumer<String> remarks) {
        this.device = device;
        this.link = link;
        this.inputs = inputs;
        this.remarks = remarks;
    }

    /** Lets frames through. */
    public void start() {
        started = true;
        inputs.open();
        link.start(this);
    }

    /** The machine has so many bytes of frames already that it is not done with. */
    public void continueFrom(int bytes) {
        outstandingBytes.set(bytes);
    }

    /** A frame of the guest; the machine's thread. */
    public void send(byte[] bytes, int offset, int length, FrameOffload offload) {
        link.send(bytes, offset, length, offload);
    }

    /** The machine is done with so many bytes of frames; the machine's thread. */
    public void taken(int bytes) {
        int left = outstandingBytes.addAndGet(-bytes);
        Thread waiting = waiter;
        if (waiting != null && left < WINDOW_BYTES / 2) {
            LockSupport.unpark(waiting);
        }
    }

    /**
     * Frames go elsewhere from now on, but for those with work left to do.
     *
     * @param to null for to the machine again
     */
    public void divert(@Nullable Consumer<byte[]> to) {
        diversion = to;
    }

    @Override
    public void received(byte[] frame, FrameOffload offload) {
        Consumer<byte[]> elsewhere = diversion;
        if (elsewhere != null && offload.equals(FrameOffload.NONE)) {
            elsewhere.accept(frame);
            return;
        }
        if (outstandingBytes.get() + frame.length > WINDOW_BYTES && !awaitRoom(frame.length)) {
            return;
        }
        stalled = false;
        outstandingBytes.addAndGet(frame.length);
        inputs.offer(new Input.NetRx(device, frame, offload));
    }

    /** Waits for the guest, unless it has kept the last frame waiting in vain. */
    private boolean awaitRoom(int bytes) {
        if (stalled) {
            return false;
        }
        long end = System.nanoTime() + PATIENCE_NANOS;
        waiter = Thread.currentThread();
        try {
            while (outstandingBytes.get() + bytes > WINDOW_BYTES) {
                long left = end - System.nanoTime();
                if (left <= 0 || Thread.currentThread().isInterrupted()) {
                    stalled = true;
                    return false;
                }
                LockSupport.parkNanos(this, left);
            }
            return true;
        } finally {
            waiter = null;
        }
    }

    @Override
    public void carrier(boolean up) {
        inputs.offer(new Input.NetCarrier(device, up));
    }

    @Override
    public void remark(String line) {
        remarks.accept(line);
    }

    /** Pulls the cable. */
    @Override
    public void close() {
        link.close();
        if (started) {
            started = false;
            inputs.close();
        }
    }
}
