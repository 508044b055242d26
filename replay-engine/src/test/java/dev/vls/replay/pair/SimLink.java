package dev.vls.replay.pair;

import dev.vls.replay.wire.Message;
import dev.vls.replay.wire.MessageDecoder;
import dev.vls.replay.wire.MessageEncoder;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;

/** One end of a connection: frames arrive later, in order, until it breaks. */
final class SimLink implements Link {
    private static final long DELAY = 2_000_000;
    private static final int WRITABLE_MAX = 64;

    private final SimWorld world;
    private final SimNode near;
    private final SimNode far;
    private SimLink other;
    private boolean closed;
    private boolean told;
    private long lastArrival;
    private final Deque<byte[]> underWay = new ArrayDeque<>();

    private SimLink(SimWorld world, SimNode near, SimNode far) {
        this.world = world;
        this.near = near;
        this.far = far;
        this.other = this;
    }

    /** Connects two nodes; answers the first one's end. */
    static SimLink between(SimWorld world, SimNode from, SimNode to) {
        SimLink one = new SimLink(world, from, to);
        SimLink two = new SimLink(world, to, from);
        one.other = two;
        two.other = one;
        return one;
    }

    SimLink other() {
        return other;
    }

    @Override
    public void send(Message message) {
        if (closed || near.isDead()) {
            return;
        }
        underWay.add(MessageEncoder.encode(message));
        lastArrival = Math.max(lastArrival, world.now() + world.some(DELAY)) + 1;
        world.after(lastArrival - world.now(), this::arrive);
    }

    /** The frame that was sent first arrives. */
    private void arrive() {
        if (near.isCutOffFrom(far) || far.isPaused()) {
            // What is not acknowledged is sent again: it comes when it can.
            world.after(1_000_000, this::arrive);
            return;
        }
        byte[] bytes = underWay.remove();
        if (!other.closed && !far.isDead()) {
            far.received(other, MessageDecoder.decode(ByteBuffer.wrap(bytes)));
        }
    }

    @Override
    public boolean isWritable() {
        return !closed && underWay.size() < WRITABLE_MAX;
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            // Behind what was sent.
            long wait = Math.max(lastArrival - world.now(), 0) + world.some(DELAY) + 1;
            world.after(wait, other::end);
        }
    }

    /** The connection is gone; the near node hears of it once it can. */
    void end() {
        if (near.isCutOffFrom(far) || near.isPaused()) {
            world.after(5_000_000, this::end);
            return;
        }
        if (!closed && !told && !near.isDead()) {
            told = true;
            closed = true;
            near.disconnected(this);
        }
        closed = true;
    }

    @Override
    public String peer() {
        return far.name;
    }
}
