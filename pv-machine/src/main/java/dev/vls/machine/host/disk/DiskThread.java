package dev.vls.machine.host.disk;

import dev.vls.machine.Input;
import dev.vls.machine.device.block.DiskOperation;
import dev.vls.machine.device.block.DiskRequest;
import dev.vls.machine.host.HostInputs;
import dev.vls.machine.host.Threads;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/** The thread of one disk: requests are done and answered in the order in which they come. */
final class DiskThread {
    /** Ends the thread: no disk has a request of that number. */
    private static final DiskRequest LAST =
            new DiskRequest(-1, -1, DiskOperation.FLUSH, 0, 0, MemorySegment.NULL);

    private static final long LOOK_NANOSECONDS = 100_000;

    private final LinkedBlockingQueue<DiskRequest> requests = new LinkedBlockingQueue<>();
    private final int disk;
    private final DiskWork work;
    private final HostInputs inputs;
    private final Thread thread;
    private final AtomicInteger underWay = new AtomicInteger();

    private DiskThread(int disk, DiskWork work, HostInputs inputs) {
        this.disk = disk;
        this.work = work;
        this.inputs = inputs;
        this.thread = new Thread(this::run, "vls-disk-" + disk);
    }

    static DiskThread start(int disk, DiskWork work, HostInputs inputs) {
        DiskThread started = new DiskThread(disk, work, inputs);
        started.thread.setDaemon(true);
        started.thread.start();
        return started;
    }

    void submit(DiskRequest request) {
        // Until the answer is there the machine has something to wait for.
        inputs.open();
        underWay.incrementAndGet();
        requests.add(request);
    }

    private void run() {
        try {
            for (DiskRequest request = requests.take();
                    request.disk() == disk;
                    request = requests.take()) {
                int status = work.perform(request);
                inputs.offer(new Input.BlockDone(disk, request.number(), status));
                inputs.close();
                underWay.decrementAndGet();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Waits until all is done that was submitted; on the thread that submits. */
    void drain() {
        while (underWay.get() > 0) {
            LockSupport.parkNanos(this, LOOK_NANOSECONDS);
        }
    }

    /** Waits until all is done that was submitted, and ends the thread. */
    void close() {
        requests.add(LAST);
        Threads.join(thread);
    }
}
