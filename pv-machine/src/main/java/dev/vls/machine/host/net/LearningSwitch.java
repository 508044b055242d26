package dev.vls.machine.host.net;

import dev.vls.machine.device.net.FrameOffload;
import dev.vls.machine.device.net.OffloadStage;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * An Ethernet switch (IEEE 802.1D, without spanning tree) between links: learns behind which of
 * them an address is from the frames that come from there. So the frame by which a guest announces
 * itself after it moved to another process moves its address to that process's port. What is for a
 * guest whose process is gone is kept for a moment: it may go on in another one. A frame for a port
 * that is slow is lost there, as in other switches.
 */
public final class LearningSwitch implements AutoCloseable {
    /** After so long without a frame from it, an address is looked for everywhere again. */
    static final long AGE_NANOS_MAX = TimeUnit.SECONDS.toNanos(300);

    /** More addresses than that are not learned: somebody makes them up. */
    static final int ADDRESSES_MAX = 4096;

    /** So long frames are kept for an address whose port was unplugged. */
    static final long HOLD_NANOS_MAX = TimeUnit.SECONDS.toNanos(2);

    /** For more addresses nothing is kept: each may take up to 1 MiB. */
    private static final int HELD_ADDRESSES_MAX = 16;

    private static final int FRAME_BYTES_MAX = StreamFrames.FRAME_BYTES_MAX;
    private static final int ADDRESS_BYTES = 6;

    private final List<Port> ports = new ArrayList<>();
    private final ConcurrentHashMap<Long, Place> places = new ConcurrentHashMap<>();
    private final ConcurrentHashMap<Long, HeldFrames> held = new ConcurrentHashMap<>();
    private final LongSupplier clock;
    private final Consumer<String> remarks;

    /** Where an address was seen, and when. */
    private record Place(Port port, long seenNanos) {}

    /**
     * @param links its ports, not started yet; closed with it
     * @param remarks told what an operator should know, in lines
     */
    public LearningSwitch(List<NetworkLink> links, Consumer<String> remarks) {
        this(links, remarks, System::nanoTime);
    }

    LearningSwitch(List<NetworkLink> links, Consumer<String> remarks, LongSupplier nanoClock) {
        this.remarks = remarks;
        this.clock = nanoClock;
        for (NetworkLink link : links) {
            ports.add(new Port(link));
        }
    }

    /** Lets frames through. */
    public void start() {
        for (Port port : ports) {
            port.link.start(port);
        }
    }

    @Override
    public void close() {
        for (Port port : ports) {
            port.link.close();
        }
    }

    private static long address(byte[] frame, int at) {
        long value = 0;
        for (int i = 0; i < ADDRESS_BYTES; i++) {
            value = value << 8 | (frame[at + i] & 0xFF);
        }
        return value;
    }

    /** Whether an address is that of a group. */
    private static boolean isGroup(long address) {
        return (address >>> 40 & 1) != 0;
    }

    private void learn(long source, Port from) {
        long now = clock.getAsLong();
        if (isGroup(source) || (!places.containsKey(source) && isFull(now))) {
            return;
        }
        places.put(source, new Place(from, now));
        HeldFrames waiting = held.remove(source);
        if (waiting != null) {
            waiting.release(frame -> frame.origin().passTo(from, frame.bytes(), frame.offload()));
        }
    }

    /** What is behind a port cannot be reached there any more. */
    private void unplugged(Port port) {
        long now = clock.getAsLong();
        held.values().removeIf(waiting -> now - waiting.sinceNanos() > HOLD_NANOS_MAX);
        places.forEach(
                (address, place) -> {
                    // First the one, then the other: a frame in between still finds the port.
                    if (place.port == port) {
                        if (held.size() < HELD_ADDRESSES_MAX) {
                            held.put(address, new HeldFrames(now));
                        }
                        places.remove(address, place);
                    }
                });
    }

    /** Keeps a frame for an address that may come back; false if it is to go its way now. */
    private boolean hold(long destination, byte[] frame, FrameOffload offload, Port from) {
        HeldFrames waiting = held.get(destination);
        if (waiting == null) {
            return false;
        }
        if (clock.getAsLong() - waiting.sinceNanos() > HOLD_NANOS_MAX) {
            held.remove(destination, waiting);
            return false;
        }
        return waiting.add(new HeldFrames.Frame(frame, offload, from));
    }

    private boolean isFull(long now) {
        if (places.size() >= ADDRESSES_MAX) {
            places.values().removeIf(place -> isOld(place, now));
        }
        return places.size() >= ADDRESSES_MAX;
    }

    private static boolean isOld(Place place, long now) {
        return now - place.seenNanos > AGE_NANOS_MAX;
    }

    /** The port for an address; null if the frame has to go everywhere. */
    private @Nullable Port portOf(long destination) {
        Place place = isGroup(destination) ? null : places.get(destination);
        return place == null || isOld(place, clock.getAsLong()) ? null : place.port;
    }

    private void forward(byte[] frame, FrameOffload offload, Port from) {
        long destination = address(frame, 0);
        Port to = portOf(destination);
        if (to == null && hold(destination, frame, offload, from)) {
            return;
        }
        if (to == null) {
            // It may have been learned in between.
            to = portOf(destination);
        }
        if (to != null) {
            // What is behind the port that it comes from has it already.
            if (to != from) {
                from.passTo(to, frame, offload);
            }
            return;
        }
        for (Port each : ports) {
            if (each != from) {
                from.passTo(each, frame, offload);
            }
        }
    }

    /** One of the ports. */
    final class Port implements LinkListener {
        private final NetworkLink link;

        /** For what comes in here. */
        private final OffloadStage stage = new OffloadStage(FRAME_BYTES_MAX);

        Port(NetworkLink link) {
            this.link = link;
        }

        @Override
        public void received(byte[] frame, FrameOffload offload) {
            if (frame.length <= FRAME_BYTES_MAX) {
                learn(address(frame, ADDRESS_BYTES), this);
                forward(frame, offload, this);
            }
        }

        void passTo(Port to, byte[] frame, FrameOffload offload) {
            if (to.link.takesOffloads() || offload.checksum() != FrameOffload.Checksum.BLANK) {
                to.send(frame, 0, frame.length, offload);
            } else {
                // Others may still need it as it is.
                synchronized (stage) {
                    stage.pass(frame.clone(), 0, frame.length, offload, to::send);
                }
            }
        }

        private synchronized void send(byte[] bytes, int offset, int length, FrameOffload offload) {
            link.send(bytes, offset, length, offload);
        }

        @Override
        public void carrier(boolean up) {
            if (!up) {
                unplugged(this);
            }
        }

        @Override
        public void remark(String line) {
            remarks.accept(line);
        }
    }
}
