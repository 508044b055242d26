package dev.vls.machine.host.net;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import dev.vls.machine.device.net.FrameOffload;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Keeps what a link tells, in its order. */
final class CollectingListener implements LinkListener {
    private static final int PATIENCE_SECONDS = 60;

    @SuppressWarnings("ArrayRecordComponent") // Compared by nobody.
    record Frame(byte[] bytes, FrameOffload offload) {}

    record Carrier(boolean up) {}

    record Remark(String line) {}

    private final LinkedBlockingQueue<Object> told = new LinkedBlockingQueue<>();

    @Override
    public void received(byte[] frame, FrameOffload offload) {
        told.add(new Frame(frame, offload));
    }

    @Override
    public void carrier(boolean up) {
        told.add(new Carrier(up));
    }

    @Override
    public void remark(String line) {
        told.add(new Remark(line));
    }

    /** The next thing told; fails if there is none for a long time. */
    Object next() throws InterruptedException {
        Object next = told.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
        assertNotNull(next, "nothing was told");
        return next;
    }

    /** The next thing told within a second; null if there is none. */
    @Nullable Object nextWithinASecond() throws InterruptedException {
        return told.poll(1, TimeUnit.SECONDS);
    }

    Frame frame() throws InterruptedException {
        return assertInstanceOf(Frame.class, next());
    }

    void expectCarrier(boolean up) throws InterruptedException {
        assertEquals(new Carrier(up), next());
    }

    String remarked() throws InterruptedException {
        return assertInstanceOf(Remark.class, next()).line();
    }
}
