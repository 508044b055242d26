package dev.vls.machine.guests;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.vls.machine.Machine;
import dev.vls.machine.MachineExit;
import dev.vls.machine.StateDigest;
import dev.vls.machine.cpu.translate.Engine;
import dev.vls.machine.device.DeviceConfiguration;
import dev.vls.machine.domain.DomainImage;
import dev.vls.machine.hypervisor.CpuidFile;
import dev.vls.machine.hypervisor.DomainConfiguration;
import dev.vls.machine.hypervisor.GuestHandle;
import dev.vls.machine.hypervisor.HypervisorLog;
import dev.vls.machine.xenstore.DomainDescription;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The guests with a network, and clients behind a wire that does mischief, in virtual time. */
@Timeout(300)
class NetworkGuestsTest {
    private static final long PAGES = 32 << 8;
    private static final int HTTP = 80;
    private static final int LEDGER = 7000;

    /** Of guest time; no test needs nearly as much. */
    private static final long PATIENCE_NANOS = 120_000_000_000L;

    private static final String REQUEST = "GET /file HTTP/1.1\r\nHost: x\r\n\r\n";

    private static Machine boot(String name, String commandLine, TestWire wire) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment file = MemorySegment.ofArray(Files.readAllBytes(GuestFiles.elf(name)));
            DomainImage.NamedBytes kernel = new DomainImage.NamedBytes(name, file);
            DomainDescription.Interface network =
                    new DomainDescription.Interface(0, "00:16:3e:01:02:03", "test", false);
            return Machine.boot(
                    DomainImage.read(kernel, null, commandLine, PAGES, arena),
                    PAGES,
                    new DomainConfiguration(1, 1, false, 0, 0, GuestHandle.NULL),
                    new DeviceConfiguration("guest", "", "", List.of(), List.of(network)),
                    CpuidFile.BASELINE,
                    wire,
                    wire,
                    HypervisorLog.SILENT,
                    Engine.INTERPRETER);
        }
    }

    /** Runs until something holds while the guest waits. */
    private static void runUntil(Machine machine, TestWire wire, BooleanSupplier condition) {
        wire.setScript(
                () -> {
                    if (condition.getAsBoolean() || wire.now() > PATIENCE_NANOS) {
                        machine.requestStop();
                    }
                });
        MachineExit exit = machine.run(Long.MAX_VALUE);
        assertTrue(
                condition.getAsBoolean(), () -> exit + " at " + wire.now() + ": " + wire.console());
    }

    private static byte[] file(int bytes) {
        ByteBuffer file = ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < bytes / 4; i++) {
            file.putInt(i * 0x9E37_79B1);
        }
        return file.array();
    }

    private static byte[] body(byte[] answer, int length) {
        return Arrays.copyOfRange(answer, answer.length - length, answer.length);
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, 0.01, 0.05})
    void everyClientGetsTheFileWhateverTheWireDoes(double mischief) throws Exception {
        int bytes = 96 << 10;
        TestWire wire = new TestWire(17, mischief);
        try (Machine machine = boot("webserver", "webserver.kib=96", wire)) {
            runUntil(machine, wire, () -> wire.console().contains("at port 80"));
            List<TestTcpClient> clients = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                TestTcpClient client = wire.connect(5000 + i, HTTP);
                client.send(REQUEST, wire.now());
                clients.add(client);
            }
            runUntil(
                    machine,
                    wire,
                    () -> clients.stream().allMatch(c -> c.received().length > bytes));
            for (TestTcpClient client : clients) {
                assertTrue(client.text().startsWith("HTTP/1.1 200 OK\r\n"));
                assertArrayEquals(file(bytes), body(client.received(), bytes));
                client.close(wire.now());
            }
            runUntil(machine, wire, () -> clients.stream().allMatch(TestTcpClient::isClosed));
            int segments = clients.stream().mapToInt(TestTcpClient::segments).sum();
            int needed = 20 * (bytes / 1460 + 1);
            // Without mischief nothing is sent twice; with it not much more than was lost.
            int most = mischief == 0 ? needed + 20 : needed * 2;
            assertTrue(segments <= most, segments + " segments for " + needed);
        }
    }

    @Test
    void aLedgersRepliesAreCompleteAndInOrderOverABadWire() throws Exception {
        TestWire wire = new TestWire(5, 0.05);
        StringBuilder requests = new StringBuilder();
        int count = 2_000;
        for (int i = 1; i <= count; i++) {
            requests.append("ADD ").append(i).append('\n');
        }
        try (Machine machine = boot("ledger", "", wire)) {
            runUntil(machine, wire, () -> wire.console().contains("ready"));
            TestTcpClient client = wire.connect(6000, LEDGER);
            client.send(requests + "QUIT\n", wire.now());
            client.close(wire.now());
            wire.setScript(() -> {});
            assertEquals(MachineExit.SHUTDOWN, machine.run(Long.MAX_VALUE));
            List<String> lines = client.text().lines().toList();
            for (int i = 1; i <= lines.size(); i++) {
                long total = (long) Math.min(i, count) * (Math.min(i, count) + 1) / 2;
                assertTrue(
                        lines.get(i - 1).startsWith(i + " total=" + total + " hash="),
                        lines.get(i - 1));
            }
            // The last may still be on the wire when the guest is gone.
            assertTrue(lines.size() >= count - 100, "only " + lines.size());
        }
    }

    @Test
    void aClosedWindowIsProbedAndOpensAgain() throws Exception {
        TestWire wire = new TestWire(1, 0);
        try (Machine machine = boot("webserver", "webserver.kib=64", wire)) {
            runUntil(machine, wire, () -> wire.console().contains("at port 80"));
            TestTcpClient client = wire.connect(5000, HTTP);
            runUntil(machine, wire, client::isOpen);
            client.setWindow(0);
            client.send(REQUEST, wire.now());
            long closedAt = wire.now();
            runUntil(machine, wire, () -> wire.now() > closedAt + 20_000_000_000L);
            int probes = client.segments();
            // 1 s, then twice as long each time.
            assertTrue(probes >= 3 && probes <= 7, "probes: " + probes);
            client.setWindow(65_535);
            runUntil(machine, wire, () -> client.received().length > 64 << 10);
            assertArrayEquals(file(64 << 10), body(client.received(), 64 << 10));
        }
    }

    @Test
    void moreConnectionsThanThereIsRoomForAreServedOneAfterTheOther() throws Exception {
        TestWire wire = new TestWire(2, 0);
        try (Machine machine = boot("webserver", "webserver.kib=4", wire)) {
            runUntil(machine, wire, () -> wire.console().contains("at port 80"));
            for (int round = 0; round < 3; round++) {
                List<TestTcpClient> clients = new ArrayList<>();
                for (int i = 0; i < 400; i++) {
                    TestTcpClient client = wire.connect(10_000 + 400 * round + i, HTTP);
                    client.send(REQUEST, wire.now());
                    client.close(wire.now());
                    clients.add(client);
                }
                runUntil(machine, wire, () -> clients.stream().allMatch(TestTcpClient::isClosed));
                clients.forEach(c -> assertArrayEquals(file(4096), body(c.received(), 4096)));
            }
        }
    }

    @Test
    void aPortWithoutServiceIsRefused() throws Exception {
        TestWire wire = new TestWire(3, 0);
        try (Machine machine = boot("webserver", "", wire)) {
            runUntil(machine, wire, () -> wire.console().contains("at port 80"));
            TestTcpClient client = wire.connect(5000, 81);
            runUntil(machine, wire, client::isReset);
            assertFalse(client.isOpen());
        }
    }

    @Test
    void theGuestAnnouncesItselfWheneverTheCableIsPluggedIn() throws Exception {
        TestWire wire = new TestWire(4, 0);
        try (Machine machine = boot("ledger", "ip=10.0.2.15/24", wire)) {
            runUntil(machine, wire, () -> wire.others().size() == 1);
            byte[] announcement = wire.others().getFirst();
            String expected =
                    "ffffffffffff 00163e010203 0806 0001 0800 06 04 0001 00163e010203 0a00020f"
                            + " 000000000000 0a00020f";
            assertEquals(expected.replace(" ", ""), HexFormat.of().formatHex(announcement));
            wire.plug(false);
            wire.plug(true);
            // When the cable is pulled it says so too, but nobody hears.
            runUntil(machine, wire, () -> wire.others().size() > 1);
            assertArrayEquals(announcement, wire.others().get(1));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"webserver", "ledger", "arena", "diabolical"})
    void malformedFramesDoNoHarm(String guest) throws Exception {
        long seed = System.nanoTime();
        System.out.println("seed " + seed);
        SplittableRandom random = new SplittableRandom(seed);
        TestWire wire = new TestWire(seed, 0);
        try (Machine machine = boot(guest, "mib=1", wire)) {
            if (guest.equals("diabolical")) {
                machine.run(5_000_000);
                flood(wire, random);
                assertEquals(MachineExit.STEP_LIMIT, machine.run(60_000_000));
                return;
            }
            runUntil(machine, wire, () -> !wire.console().isEmpty());
            TestTcpClient first = wire.connect(5000, guest.equals("webserver") ? HTTP : LEDGER);
            first.send(REQUEST, wire.now());
            long start = wire.now();
            runUntil(machine, wire, () -> wire.now() > start + 100_000_000);
            flood(wire, random);
            long flooded = wire.now();
            runUntil(machine, wire, () -> wire.now() > flooded + 1_000_000_000L);
            if (guest.equals("webserver")) {
                TestTcpClient client = wire.connect(9000, HTTP);
                client.send(REQUEST, wire.now());
                runUntil(machine, wire, () -> client.received().length > 512 << 10);
                assertArrayEquals(file(512 << 10), body(client.received(), 512 << 10));
            }
        }
    }

    /** Frames as they were sent, with mistakes; half of them with right checksums nevertheless. */
    private static void flood(TestWire wire, SplittableRandom random) {
        List<byte[]> samples = new ArrayList<>(wire.sentToGuest());
        samples.add(
                HexFormat.of()
                        .parseHex(
                                "00163e010203020000000002080600010800060400010200000000020a0002020000000000000a00020f"));
        samples.add(datagram());
        for (int i = 0; i < 3_000; i++) {
            byte[] frame = samples.get(random.nextInt(samples.size())).clone();
            for (int j = random.nextInt(4); j >= 0; j--) {
                frame[12 + random.nextInt(Math.min(frame.length - 12, 60))] =
                        (byte) random.nextInt();
            }
            if (random.nextInt(4) == 0) {
                frame = Arrays.copyOf(frame, random.nextInt(14, 1514));
            }
            if (random.nextBoolean()) {
                repair(frame);
            }
            wire.toGuest(frame);
        }
    }

    /** "hello" to the echo. */
    private static byte[] datagram() {
        byte[] frame =
                HexFormat.of()
                        .parseHex(
                                "00163e01020302000000000208004500002100004000401100000a0002020a00020f"
                                        + "30390007000d000068656c6c6f");
        repair(frame);
        return frame;
    }

    /** Makes the checksums right, so that what is wrong besides is looked at. */
    private static void repair(byte[] frame) {
        int header = frame.length > 14 ? (frame[14] & 15) * 4 : 0;
        if (header < 20 || frame.length < 14 + header + 20) {
            return;
        }
        put(frame, 24, 0);
        put(frame, 24, ~TestTcpClient.sum(frame, 14, header, 0));
        boolean tcp = frame[23] == 6;
        int length = frame.length - 14 - header;
        int field = 14 + header + (tcp ? 16 : 6);
        put(frame, field, 0);
        int pseudo = TestTcpClient.sum(frame, 26, 8, frame[23] + length);
        put(frame, field, ~TestTcpClient.sum(frame, 14 + header, length, pseudo));
    }

    private static void put(byte[] frame, int at, int value) {
        frame[at] = (byte) (value >> 8);
        frame[at + 1] = (byte) value;
    }

    @Test
    void oneSeedGivesOneRun() throws Exception {
        assertEquals(digestOfARun(8), digestOfARun(8));
    }

    private static String digestOfARun(long seed) throws IOException {
        TestWire wire = new TestWire(seed, 0.05);
        try (Machine machine = boot("webserver", "webserver.kib=32", wire)) {
            runUntil(machine, wire, () -> wire.console().contains("at port 80"));
            TestTcpClient client = wire.connect(5000, HTTP);
            client.send(REQUEST, wire.now());
            runUntil(machine, wire, () -> client.received().length > 32 << 10);
            return machine.totalSteps()
                    + HexFormat.of().formatHex(StateDigest.sha256(machine.domain()));
        }
    }
}
