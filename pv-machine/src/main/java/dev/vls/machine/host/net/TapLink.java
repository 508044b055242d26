package dev.vls.machine.host.net;

import com.sun.jna.LastErrorException;
import com.sun.jna.Memory;
import dev.vls.machine.device.net.FrameOffload;
import org.jspecify.annotations.Nullable;

/**
 * A cable to a TAP interface of the host. When the interface goes away there is no carrier, until
 * one of its name is there again.
 */
public final class TapLink implements NetworkLink {
    private static final int QUEUE_BYTES = 4 << 20;
    private static final int RETRY_MILLIS = 1_000;
    private static final int POLLFD_BYTES = 8;
    private static final int POLLFD_EVENTS = 4;
    private static final int POLLFD_REVENTS = 6;

    private final String name;
    private final FrameQueue queue = new FrameQueue(QUEUE_BYTES);
    private final VnetHeader vnet = new VnetHeader();
    private final byte[] sendHeader = new byte[VnetHeader.BYTES];
    private final int wake;
    private final Thread reader;
    private final Thread writer;

    /** Guards the device against being closed while it is written to. */
    private final Object writing = new Object();

    private @Nullable TapDevice device;
    private volatile boolean plugged = true;
    private volatile boolean closed;
    private @Nullable LinkListener listener;

    private TapLink(String interfaceName, TapDevice device, String threadName) {
        this.name = interfaceName;
        this.device = device;
        this.wake = LibC.eventfd(0, LibC.O_CLOEXEC | LibC.O_NONBLOCK);
        reader = new Thread(this::receive, threadName + "-receive");
        writer = new Thread(this::transmit, threadName + "-transmit");
        reader.setDaemon(true);
        writer.setDaemon(true);
    }

    /**
     * Opens the interface.
     *
     * @param threadName of the link, for its threads
     * @throws LinkException if that is not possible
     */
    public static TapLink open(String interfaceName, String threadName) {
        return new TapLink(interfaceName, TapDevice.open(interfaceName), threadName);
    }

    @Override
    public void start(LinkListener to) {
        listener = to;
        reader.start();
        writer.start();
    }

    @Override
    public boolean takesOffloads() {
        return true;
    }

    @Override
    public void send(byte[] bytes, int offset, int length, FrameOffload offload) {
        if (plugged && vnet.write(sendHeader, bytes, offset, length, offload)) {
            queue.put(sendHeader, VnetHeader.BYTES, bytes, offset, length);
        }
    }

    private void receive() {
        LinkListener told = listener;
        if (told == null) {
            throw new IllegalStateException("not started");
        }
        told.carrier(true);
        TapDevice open = device;
        while (!closed && open != null) {
            receiveFrom(open, told);
            unplug(open);
            if (closed) {
                return;
            }
            told.carrier(false);
            told.remark(
                    "tap %s: the interface is gone: waiting for it to come back".formatted(name));
            open = reopen();
            if (open != null) {
                synchronized (writing) {
                    device = open;
                }
                plugged = true;
                told.carrier(true);
                told.remark("tap %s: the interface is back".formatted(name));
            }
        }
    }

    private void unplug(TapDevice open) {
        plugged = false;
        synchronized (writing) {
            device = null;
            open.close();
        }
    }

    /** Waits for an interface of that name; null if the link was closed instead. */
    private @Nullable TapDevice reopen() {
        TapDevice open = null;
        while (open == null && !closed) {
            try (Memory fds = pollSet(-1)) {
                LibC.poll(fds, 2, RETRY_MILLIS);
            }
            open = TapDevice.exists(name) ? tryOpen() : null;
        }
        return open;
    }

    private @Nullable TapDevice tryOpen() {
        try {
            return TapDevice.open(name);
        } catch (LinkException notYet) {
            return null;
        }
    }

    private Memory pollSet(int fd) {
        Memory fds = new Memory(2L * POLLFD_BYTES);
        fds.setInt(0, fd);
        fds.setShort(POLLFD_EVENTS, LibC.POLLIN);
        fds.setInt(POLLFD_BYTES, wake);
        fds.setShort(POLLFD_BYTES + POLLFD_EVENTS, LibC.POLLIN);
        return fds;
    }

    /** Hands on frames until the interface goes away or the link is closed. */
    private void receiveFrom(TapDevice open, LinkListener told) {
        byte[] header = new byte[VnetHeader.BYTES];
        try (Memory fds = pollSet(open.fd())) {
            while (!closed) {
                int bytes = open.read();
                if (bytes == 0) {
                    LibC.poll(fds, 2, -1);
                    if ((fds.getShort(POLLFD_REVENTS) & (LibC.POLLERR | LibC.POLLHUP)) != 0) {
                        return;
                    }
                } else if (bytes > VnetHeader.BYTES) {
                    open.readBuffer().read(0, header, 0, VnetHeader.BYTES);
                    byte[] frame = new byte[bytes - VnetHeader.BYTES];
                    open.readBuffer().read(VnetHeader.BYTES, frame, 0, frame.length);
                    FrameOffload offload = VnetHeader.read(header);
                    if (offload != null) {
                        told.received(frame, offload);
                    }
                }
            }
        } catch (LastErrorException gone) {
            // EBADFD, for the interface was deleted.
            return;
        }
    }

    private void transmit() {
        byte[] bytes = new byte[TapDevice.BUFFER_BYTES];
        while (!closed) {
            queue.awaitFrame();
            while (queue.consumed() != queue.produced()) {
                long at = queue.consumed();
                int length = queue.length(at);
                queue.copyOut(at + FrameQueue.LENGTH_BYTES, bytes, length);
                queue.consume(at + FrameQueue.LENGTH_BYTES + length);
                synchronized (writing) {
                    if (device != null) {
                        device.write(bytes, length);
                    }
                }
            }
        }
    }

    @Override
    public void close() {
        closed = true;
        try (Memory one = new Memory(Long.BYTES)) {
            one.setLong(0, 1);
            LibC.write(wake, one, Long.BYTES);
        }
        reader.interrupt();
        writer.interrupt();
        try {
            reader.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        LibC.close(wake);
    }
}
