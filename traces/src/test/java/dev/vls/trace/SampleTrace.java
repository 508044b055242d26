package dev.vls.trace;

import dev.vls.trace.TraceEvent.BlockDone;
import dev.vls.trace.TraceEvent.Clock;
import dev.vls.trace.TraceEvent.ConsoleIn;
import dev.vls.trace.TraceEvent.Control;
import dev.vls.trace.TraceEvent.Digest;
import dev.vls.trace.TraceEvent.End;
import dev.vls.trace.TraceEvent.Link;
import dev.vls.trace.TraceEvent.NetRx;
import dev.vls.trace.TraceEvent.Offload;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** Traces for tests: events drawn from a seeded generator, or one of each kind. */
final class SampleTrace {
    private static final String SHA256 = "0123456789abcdef".repeat(4);

    private SampleTrace() {}

    static TraceHeader header(int vcpus) {
        return new TraceHeader(
                "vls test",
                TraceHeader.BOOT,
                new TraceHeader.GuestFile("vmlinuz", 12, SHA256, "kernel"),
                new TraceHeader.GuestFile("initrd", 0, SHA256, null),
                List.of(new TraceHeader.GuestFile("disk.raw", 1 << 20, SHA256, "disk0")),
                "console=hvc0 \"quoted\" π",
                64L << 20,
                vcpus,
                "00000000 1 2 3 4\n",
                new TraceHeader.Clock("host", 3, 1_700_000_000_000_000_000L, -1),
                List.of(
                        new TraceHeader.Device("vif", "0", Map.of("mac", "00:16:3e:00:00:01")),
                        new TraceHeader.Device("vbd", "xvda", Map.of())));
    }

    /** One event of each kind, at the borders of what the format allows. */
    static List<TraceEvent> everyKind() {
        byte[] digest = new byte[32];
        digest[31] = 7;
        return List.of(
                new Clock(0, 0, 0),
                new Clock(0, 0, Long.MAX_VALUE),
                new ConsoleIn(0, 127, Bytes.of("ls\n".getBytes(StandardCharsets.UTF_8))),
                new ConsoleIn(0, 128, Bytes.EMPTY),
                new NetRx(17, 5, 0, Offload.VALIDATED, Bytes.of(new byte[] {-1, 0, 1})),
                new NetRx(14, 50_000, Integer.MAX_VALUE, Offload.NONE, Bytes.of(new byte[60])),
                new NetRx(14, 50_000, 0, Offload.BLANK, Bytes.EMPTY),
                new NetRx(14, 50_000, 0, segments(255, 65535), Bytes.of(new byte[60])),
                new BlockDone(15, 1L << 40, 1, -1, -1, null),
                new BlockDone(15, 1L << 40, 1, Long.MIN_VALUE, Integer.MIN_VALUE, Bytes.EMPTY),
                new BlockDone(0, 50_000, 1, 3, Integer.MAX_VALUE, Bytes.of(new byte[512])),
                new Control(0, 50_000, "balloon", "target=65536"),
                new Control(0, 50_000, "", "π"),
                new Link(0, 50_001, 0, false),
                new Link(0, 50_001, 0, true),
                new Digest(0, 50_001, Bytes.of(digest), Bytes.of(digest), Bytes.EMPTY),
                new Digest(0, 50_001, Bytes.EMPTY, Bytes.EMPTY, Bytes.of(new byte[64])),
                new End(0, Long.MAX_VALUE, "poweroff", Bytes.of(digest)));
    }

    static List<TraceEvent> random(RandomGenerator random, int vcpus, int events) {
        List<TraceEvent> list = new ArrayList<>();
        long[] counts = new long[vcpus];
        for (int i = 0; i < events; i++) {
            int vcpu = random.nextInt(vcpus);
            if (random.nextInt(4) > 0) {
                counts[vcpu] += random.nextLong(1L << random.nextInt(1, 40));
            }
            list.add(random(random, vcpu, counts[vcpu]));
        }
        if (random.nextBoolean()) {
            list.add(new End(0, counts[0], text(random, 20), bytes(random, 33)));
        }
        return list;
    }

    private static TraceEvent random(RandomGenerator random, int vcpu, long count) {
        int device = random.nextInt() >>> random.nextInt(1, 32);
        int payload = 1 << random.nextInt(12);
        return switch (random.nextInt(8)) {
            case 0 -> new ConsoleIn(vcpu, count, bytes(random, payload));
            case 1 -> new NetRx(vcpu, count, device, offload(random), bytes(random, payload));
            case 2 ->
                    new BlockDone(
                            vcpu,
                            count,
                            device,
                            random.nextLong(),
                            random.nextInt(),
                            random.nextBoolean() ? bytes(random, payload) : null);
            case 3 -> new Control(vcpu, count, text(random, 20), text(random, payload));
            case 4 -> new Link(vcpu, count, device, random.nextBoolean());
            case 5 ->
                    new Digest(
                            vcpu, count, bytes(random, 65), bytes(random, 65), bytes(random, 65));
            default -> new Clock(vcpu, count, random.nextLong() >>> random.nextInt(1, 64));
        };
    }

    private static Offload offload(RandomGenerator random) {
        return switch (random.nextInt(4)) {
            case 0 -> Offload.NONE;
            case 1 -> Offload.VALIDATED;
            case 2 -> Offload.BLANK;
            default -> segments(random.nextInt(1, 256), random.nextInt(1, 65536));
        };
    }

    private static Offload segments(int gsoType, int gsoSize) {
        return new Offload(TraceEvent.Checksum.BLANK, gsoType, gsoSize);
    }

    /** Fewer than so many. */
    static Bytes bytes(RandomGenerator random, int bound) {
        byte[] bytes = new byte[random.nextInt(bound)];
        random.nextBytes(bytes);
        return Bytes.of(bytes);
    }

    private static String text(RandomGenerator random, int bound) {
        StringBuilder text = new StringBuilder();
        for (int i = random.nextInt(bound); i > 0; i--) {
            text.appendCodePoint(random.nextInt(8) == 0 ? 0x1f600 : random.nextInt(0x20, 0x7f));
        }
        return text.toString();
    }

    /** Writes an event as a recorder would. */
    static void write(TraceWriter writer, TraceEvent event) {
        int vcpu = event.vcpu();
        long count = event.instructionCount();
        switch (event) {
            case Clock e -> writer.clock(vcpu, count, e.nanoseconds());
            case ConsoleIn e ->
                    writer.consoleIn(vcpu, count, e.data().toArray(), 0, e.data().length());
            case NetRx e ->
                    writer.netRx(
                            vcpu,
                            count,
                            e.device(),
                            e.offload(),
                            e.frame().toArray(),
                            0,
                            e.frame().length());
            case BlockDone e -> writeBlockDone(writer, e, e.data());
            case Control e -> writer.control(vcpu, count, e.command(), e.argument());
            case Link e -> writer.link(vcpu, count, e.device(), e.carrier());
            case End e -> writer.end(vcpu, count, e.reason(), e.digest().toArray());
            case Digest e ->
                    writer.digest(
                            vcpu,
                            count,
                            e.outputs().toArray(),
                            e.vcpus().toArray(),
                            e.memory().toArray());
        }
    }

    private static void writeBlockDone(TraceWriter writer, BlockDone e, @Nullable Bytes data) {
        if (data == null) {
            writer.blockDone(e.vcpu(), e.instructionCount(), e.device(), e.request(), e.status());
        } else {
            writer.blockDone(
                    e.vcpu(),
                    e.instructionCount(),
                    e.device(),
                    e.request(),
                    e.status(),
                    data.toArray(),
                    0,
                    data.length());
        }
    }

    /** A sealed trace of one event of each kind, packed files and a checkpoint. */
    static void writeEveryKind(Path path, boolean compress) throws java.io.IOException {
        try (TraceWriter writer =
                new TraceWriter(HostTraceFile.open(path), header(18), 128, compress)) {
            writer.attachment("kernel", 12, 0, new byte[12], 0, 12);
            writer.attachment("disk0", 1 << 20, 4096, new byte[] {1, 2, 3}, 0, 3);
            List<TraceEvent> events = everyKind();
            for (int i = 0; i < events.size(); i++) {
                if (i == 11) {
                    writer.section(0, "memory", new byte[300], 0, 300);
                    writer.section(0, "vcpu0", new byte[] {9}, 0, 1);
                    writer.section(0, "memory", new byte[] {8, 8}, 0, 2);
                    writer.checkpoint(0, new long[18]);
                    writer.section(3, "given up", new byte[] {1}, 0, 1);
                    writer.attachment("disk0", 1 << 20, (1 << 20) - 1, new byte[] {4}, 0, 1);
                }
                write(writer, events.get(i));
            }
            writer.seal();
        }
    }

    /** A sealed file of two checkpoints of another trace, not compressed. */
    static void writeCheckpointsOf(Path path, String fingerprint) throws java.io.IOException {
        try (TraceWriter writer =
                new TraceWriter(
                        HostTraceFile.open(path),
                        header(2).ofCheckpoints(fingerprint),
                        128,
                        false)) {
            writer.section(0, "memory", new byte[] {1, 2}, 0, 2);
            writer.checkpoint(0, 12, new long[] {5, 6});
            writer.section(1, "memory", new byte[] {3}, 0, 1);
            writer.checkpoint(1, 1L << 40, new long[] {7, Long.MAX_VALUE});
            writer.seal();
        }
    }

    /** Everything that can be read of a trace; anything wrong with it is thrown. */
    static List<TraceEvent> readAll(TraceReader reader) {
        List<TraceEvent> events = new ArrayList<>();
        EventCursor cursor = reader.events();
        for (TraceEvent event = cursor.next(); event != null; event = cursor.next()) {
            events.add(event);
        }
        reader.attachments();
        reader.checkpoints();
        return events;
    }
}
