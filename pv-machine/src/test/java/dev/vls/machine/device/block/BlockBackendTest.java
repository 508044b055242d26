package dev.vls.machine.device.block;

import static dev.vls.machine.device.block.BlockFrontend.DATA_PFN;
import static dev.vls.machine.device.block.BlockFrontend.RING_PFN;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.vls.machine.device.block.BlockFrontend.Segment;
import dev.vls.machine.frames.FrameAudit;
import dev.vls.machine.host.image.HostImageFolder;
import dev.vls.machine.image.DiskImages;
import dev.vls.machine.image.VhdId;
import dev.vls.machine.image.VhdOrigin;
import dev.vls.xen.abi.io.BlkifOp;
import dev.vls.xen.abi.io.BlkifSring;
import dev.vls.xen.abi.io.BlkifStatus;
import dev.vls.xen.abi.io.XenbusState;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Requests of a frontend, sound and senseless, against image files. */
class BlockBackendTest {
    private static final int SECTORS = 4096;
    private static final long SEED = new Random().nextLong();

    @TempDir Path folder;

    private Path image() {
        Path path = folder.resolve("disk.img");
        new DiskImages(new HostImageFolder()).createRaw(path.toString(), SECTORS * 512L);
        return path;
    }

    private Path vhd() {
        Path path = folder.resolve("disk.vhd");
        new DiskImages(new HostImageFolder())
                .createDynamic(path.toString(), SECTORS * 512L, new VhdOrigin(new VhdId(1, 2), 0));
        return path;
    }

    private static List<Segment> pages(int count) {
        List<Segment> segments = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            segments.add(Segment.page(DATA_PFN + i));
        }
        return segments;
    }

    private static void fill(BlockFrontend frontend, int pages, Random random) {
        byte[] page = new byte[4096];
        for (int i = 0; i < pages; i++) {
            random.nextBytes(page);
            frontend.guest.machine.memory.write(frontend.guest.maddr(DATA_PFN + i), page, 0, 4096);
        }
    }

    private static String node(BlockFrontend frontend, String name) {
        return String.valueOf(frontend.guest.toolstack().read(frontend.back + "/" + name));
    }

    @Test
    void whatTheDeviceIsStandsInTheStore() {
        try (BlockFrontend frontend = new BlockFrontend(image(), true)) {
            assertEquals("256", node(frontend, "feature-max-indirect-segments"));
            assertEquals("4", node(frontend, "max-ring-page-order"));
            assertEquals("1", node(frontend, "multi-queue-max-queues"));
            frontend.connect(-1, false);
            assertEquals("4096", node(frontend, "sectors"));
            assertEquals("512", node(frontend, "sector-size"));
            assertEquals("512", node(frontend, "physical-sector-size"));
            assertEquals("0", node(frontend, "info"));
            for (String feature : List.of("flush-cache", "barrier", "discard", "persistent")) {
                assertEquals("1", node(frontend, "feature-" + feature), feature);
            }
        }
        try (BlockFrontend frontend = new BlockFrontend(vhd(), false)) {
            frontend.connect(-1, false);
            assertEquals("4", node(frontend, "info"));
            assertEquals("r", node(frontend, "mode"));
            assertEquals("0", node(frontend, "feature-flush-cache"));
            assertNull(frontend.guest.toolstack().read(frontend.back + "/feature-discard"));
        }
    }

    /** Random transfers, as a frontend makes them, compared with an array of bytes. */
    @ParameterizedTest
    @CsvSource({"-1,false,raw", "0,true,raw", "2,false,vhd", "4,true,vhd"})
    void readsWhatWasWritten(int order, boolean persistent, String format) throws IOException {
        System.out.println("seed " + SEED);
        Random random = new Random(SEED);
        Path path = format.equals("raw") ? image() : vhd();
        byte[] model = new byte[SECTORS * 512];
        try (BlockFrontend frontend = new BlockFrontend(path, true)) {
            frontend.connect(order, persistent);
            for (int id = 1; id <= 400; id++) {
                transfer(frontend, random, id, model);
            }
            frontend.disconnect();
            FrameAudit.check(frontend.guest.machine);
        }
        if (format.equals("raw")) {
            assertArrayEquals(model, Files.readAllBytes(path));
        }
    }

    private static void transfer(BlockFrontend frontend, Random random, int id, byte[] model) {
        boolean indirect = random.nextInt(4) == 0;
        int count = 1 + random.nextInt(indirect ? 256 : 11);
        List<Segment> segments = new ArrayList<>();
        int sectors = 0;
        for (int i = 0; i < count; i++) {
            int first = random.nextInt(8);
            int last = first + random.nextInt(8 - first);
            segments.add(new Segment(DATA_PFN + i, first, last));
            sectors += last - first + 1;
        }
        int sector = random.nextInt(SECTORS - sectors + 1);
        int operation = random.nextBoolean() ? BlkifOp.READ : BlkifOp.WRITE;
        fill(frontend, count, random);
        byte[] data = gather(frontend, segments);
        if (indirect) {
            int pfn = DATA_PFN + BlockFrontend.DATA_PAGES - 1;
            frontend.putIndirect(operation, id, sector, pfn, segments, count);
        } else {
            frontend.put(operation, id, sector, segments);
        }
        frontend.push();
        // The guest may change its pages as soon as the backend has seen a write.
        if (operation == BlkifOp.WRITE) {
            fill(frontend, count, random);
        }
        frontend.answer();
        assertEquals(BlkifStatus.OKAY, frontend.takeResponse(id, operation));
        assertTrue(frontend.guest.takeEvent(frontend.port));
        if (operation == BlkifOp.WRITE) {
            System.arraycopy(data, 0, model, sector * 512, data.length);
        } else {
            assertArrayEquals(
                    Arrays.copyOfRange(model, sector * 512, (sector + sectors) * 512),
                    gather(frontend, segments));
        }
    }

    private static byte[] gather(BlockFrontend frontend, List<Segment> segments) {
        int sectors = segments.stream().mapToInt(s -> s.lastSector() - s.firstSector() + 1).sum();
        byte[] bytes = new byte[sectors * 512];
        int done = 0;
        for (Segment segment : segments) {
            int length = (segment.lastSector() - segment.firstSector() + 1) * 512;
            long maddr = frontend.guest.maddr(segment.ref()) + segment.firstSector() * 512L;
            frontend.guest.machine.memory.read(maddr, bytes, done, length);
            done += length;
        }
        return bytes;
    }

    @Test
    void flushesBarriersAndDiscards() throws IOException {
        Path path = image();
        try (BlockFrontend frontend = new BlockFrontend(path, true)) {
            frontend.connect(0, false);
            fill(frontend, 4, new Random(1));
            frontend.put(BlkifOp.WRITE, 1, 0, pages(4));
            assertEquals(BlkifStatus.OKAY, frontend.run(1, BlkifOp.WRITE));
            frontend.put(BlkifOp.FLUSH_DISKCACHE, 2, 0, List.of());
            assertEquals(BlkifStatus.OKAY, frontend.run(2, BlkifOp.FLUSH_DISKCACHE));
            frontend.put(BlkifOp.WRITE_BARRIER, 3, 64, pages(2));
            assertEquals(BlkifStatus.OKAY, frontend.run(3, BlkifOp.WRITE_BARRIER));
            frontend.putDiscard(4, 0, 16);
            assertEquals(BlkifStatus.OKAY, frontend.run(4, BlkifOp.DISCARD));
            frontend.putDiscard(5, 17, 0);
            assertEquals(BlkifStatus.OKAY, frontend.run(5, BlkifOp.DISCARD));
            byte[] content = Files.readAllBytes(path);
            byte[] written = gather(frontend, pages(4));
            assertArrayEquals(new byte[8192], Arrays.copyOf(content, 8192));
            assertArrayEquals(
                    Arrays.copyOfRange(written, 8192, 16384),
                    Arrays.copyOfRange(content, 8192, 16384));
            assertArrayEquals(
                    Arrays.copyOf(written, 8192), Arrays.copyOfRange(content, 32768, 40960));
        }
    }

    @Test
    void imageThatCannotDiscardSaysSo() {
        try (BlockFrontend frontend = new BlockFrontend(vhd(), true)) {
            frontend.connect(0, false);
            frontend.putDiscard(1, 0, 8);
            assertEquals(BlkifStatus.EOPNOTSUPP, frontend.run(1, BlkifOp.DISCARD));
        }
    }

    @Test
    void readOnlyDiskRefusesAllChanges() throws IOException {
        Path path = image();
        byte[] before = Files.readAllBytes(path);
        try (BlockFrontend frontend = new BlockFrontend(path, false)) {
            frontend.connect(0, false);
            frontend.put(BlkifOp.WRITE, 1, 0, pages(1));
            assertEquals(BlkifStatus.ERROR, frontend.run(1, BlkifOp.WRITE));
            frontend.put(BlkifOp.WRITE_BARRIER, 2, 0, pages(1));
            assertEquals(BlkifStatus.ERROR, frontend.run(2, BlkifOp.WRITE_BARRIER));
            frontend.putDiscard(3, 0, 8);
            assertEquals(BlkifStatus.ERROR, frontend.run(3, BlkifOp.DISCARD));
            frontend.put(BlkifOp.READ, 4, 0, pages(1));
            assertEquals(BlkifStatus.OKAY, frontend.run(4, BlkifOp.READ));
        }
        assertArrayEquals(before, Files.readAllBytes(path));
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void senselessRequestsAreAnsweredWithErrors(boolean persistent) {
        try (BlockFrontend frontend = new BlockFrontend(image(), true)) {
            frontend.connect(0, persistent);
            int read = BlkifOp.READ;
            List<Segment> one = pages(1);
            refuse(frontend, () -> frontend.put(read, 1, 0, List.of()));
            refuse(frontend, () -> frontend.put(read, 1, 0, one, 12));
            refuse(frontend, () -> frontend.put(read, 1, 0, List.of(new Segment(DATA_PFN, 3, 2))));
            refuse(frontend, () -> frontend.put(read, 1, 0, List.of(new Segment(DATA_PFN, 0, 8))));
            refuse(frontend, () -> frontend.put(read, 1, SECTORS - 7, one));
            refuse(frontend, () -> frontend.put(read, 1, -1, one));
            refuse(frontend, () -> frontend.put(read, 1, Long.MAX_VALUE, one));
            refuse(frontend, () -> frontend.put(read, 1, 0, List.of(Segment.page(-1))));
            refuse(frontend, () -> frontend.put(read, 1, 0, List.of(Segment.page(100_000))));
            // The second page is not granted; the first must not stay in use.
            frontend.guest.grants.revoke(DATA_PFN + 1);
            refuse(frontend, () -> frontend.put(read, 1, 0, pages(2)));
            frontend.guest.grant(DATA_PFN + 1, true);
            refuse(frontend, () -> frontend.put(read, 1, 0, pages(2)));
            int pfn = DATA_PFN + 20;
            refuse(frontend, () -> frontend.putIndirect(read, 1, 0, pfn, one, 0));
            refuse(frontend, () -> frontend.putIndirect(read, 1, 0, pfn, one, 257));
            refuse(frontend, () -> frontend.putIndirect(read, 1, 0, pfn, one, 65_535));
            refuse(frontend, () -> frontend.putIndirect(read, 1, 0, RING_PFN + 9, one, 1));
            frontend.putIndirect(BlkifOp.FLUSH_DISKCACHE, 7, 0, pfn, one, 1);
            assertEquals(BlkifStatus.ERROR, frontend.run(7, BlkifOp.FLUSH_DISKCACHE));
            frontend.putIndirect(BlkifOp.INDIRECT, 7, 0, pfn, one, 1);
            assertEquals(BlkifStatus.ERROR, frontend.run(7, BlkifOp.INDIRECT));
            frontend.putDiscard(7, SECTORS, 1);
            assertEquals(BlkifStatus.ERROR, frontend.run(7, BlkifOp.DISCARD));
            frontend.putDiscard(7, 0, -1);
            assertEquals(BlkifStatus.ERROR, frontend.run(7, BlkifOp.DISCARD));
            frontend.put(BlkifOp.RESERVED_1, 8, 0, one);
            assertEquals(BlkifStatus.EOPNOTSUPP, frontend.run(8, BlkifOp.RESERVED_1));
            frontend.put(200, 9, 0, one);
            assertEquals(BlkifStatus.EOPNOTSUPP, frontend.run(9, 200));
            frontend.disconnect();
            FrameAudit.check(frontend.guest.machine);
        }
    }

    private static void refuse(BlockFrontend frontend, Runnable request) {
        request.run();
        assertEquals(BlkifStatus.ERROR, frontend.run(1, BlkifOp.READ));
        assertTrue(frontend.answers.isEmpty());
    }

    @Test
    void moreRequestsThanTheHostTakesWaitInTheRing() {
        try (BlockFrontend frontend = new BlockFrontend(image(), true)) {
            frontend.connect(2, false);
            for (int id = 0; id < 100; id++) {
                frontend.put(BlkifOp.READ, id, id, pages(1));
            }
            frontend.push();
            assertEquals(32, frontend.answers.size());
            frontend.answer();
            for (int id = 0; id < 100; id++) {
                assertEquals(BlkifStatus.OKAY, frontend.takeResponse(id, BlkifOp.READ));
            }
            assertFalse(frontend.hasResponse());
            // All are taken, so the next one is announced.
            frontend.put(BlkifOp.READ, 100, 0, pages(1));
            assertEquals(BlkifStatus.OKAY, frontend.run(100, BlkifOp.READ));
        }
    }

    @Test
    void answersToAFrontendThatWentAwayGoNowhere() {
        try (BlockFrontend frontend = new BlockFrontend(image(), true)) {
            for (boolean persistent : new boolean[] {true, false}) {
                frontend.connect(0, persistent);
                frontend.put(BlkifOp.READ, 1, 0, pages(2));
                frontend.push();
                assertEquals(1, frontend.answers.size());
                assertTrue(frontend.guest.grants.isInUse(DATA_PFN));
                frontend.disconnect();
                FrameAudit.check(frontend.guest.machine);
                frontend.answer();
                frontend.node("state", XenbusState.INITIALISING);
                frontend.connect(0, persistent);
                assertFalse(frontend.hasResponse());
                frontend.put(BlkifOp.READ, 2, 0, pages(2));
                assertEquals(BlkifStatus.OKAY, frontend.run(2, BlkifOp.READ));
                frontend.disconnect();
                frontend.node("state", XenbusState.INITIALISING);
            }
        }
    }

    @Test
    void answersToADomainThatIsNoMoreGoNowhere() {
        try (BlockFrontend frontend = new BlockFrontend(image(), true)) {
            frontend.connect(0, false);
            frontend.put(BlkifOp.READ, 1, 0, pages(1));
            frontend.push();
            BlockBackend next =
                    new BlockBackend(frontend.guest.home, frontend.disk, frontend.disks);
            next.replace(frontend.backend);
            next.done(frontend.answers.remove().request(), BlkifStatus.OKAY);
            assertThrows(IllegalStateException.class, () -> next.done(1, BlkifStatus.OKAY));
            assertFalse(frontend.hasResponse());
        }
    }

    @Test
    void persistentGrantsStayMappedWithinABound() {
        try (BlockFrontend frontend = new BlockFrontend(image(), true)) {
            frontend.connect(0, true);
            frontend.put(BlkifOp.READ, 1, 0, pages(1));
            assertEquals(BlkifStatus.OKAY, frontend.run(1, BlkifOp.READ));
            assertTrue(frontend.guest.grants.isInUse(DATA_PFN));
            assertTrue(frontend.guest.machine.grants.grow(4));
            // The same page under ever new references, more than are kept.
            for (int ref = 400; ref < 400 + 1100; ref++) {
                frontend.guest.grants.grant(ref, frontend.guest.machine.mfns[DATA_PFN + 5], false);
                frontend.put(BlkifOp.READ, ref, 0, List.of(Segment.page(ref)));
                assertEquals(BlkifStatus.OKAY, frontend.run(ref, BlkifOp.READ));
            }
            assertFalse(frontend.guest.grants.isInUse(DATA_PFN));
            assertTrue(frontend.guest.grants.isInUse(400 + 1099));
            assertTrue(frontend.guest.grants.isInUse(400 + 1100 - 1056));
            assertFalse(frontend.guest.grants.isInUse(400 + 1100 - 1057));
            frontend.disconnect();
            FrameAudit.check(frontend.guest.machine);
        }
    }

    @Test
    void brokenRingIsServedNoMoreUntilItIsConnectedAnew() {
        try (BlockFrontend frontend = new BlockFrontend(image(), true)) {
            frontend.connect(0, false);
            frontend.put(BlkifOp.READ, 1, 0, pages(1));
            frontend.requestProducer = 33;
            frontend.push();
            assertTrue(frontend.answers.isEmpty());
            frontend.requestProducer = 1;
            frontend.guest.machine.memory.setInt(frontend.ring(BlkifSring.REQ_PROD), 1);
            frontend.guest.send(frontend.port);
            frontend.guest.pass(1_000_000);
            assertTrue(frontend.answers.isEmpty());
            frontend.disconnect();
            frontend.node("state", XenbusState.INITIALISING);
            frontend.connect(0, false);
            frontend.put(BlkifOp.READ, 1, 0, pages(1));
            assertEquals(BlkifStatus.OKAY, frontend.run(1, BlkifOp.READ));
        }
    }

    @ParameterizedTest
    @CsvSource({
        "protocol,x86_32-abi",
        "multi-queue-num-queues,2",
        "ring-page-order,5",
        "ring-ref,99999",
        "ring-ref,-1",
        "event-channel,77"
    })
    void frontendThatAsksForWhatIsNotThereIsRefused(String name, String value) {
        try (BlockFrontend frontend = new BlockFrontend(image(), true)) {
            frontend.guest.grant(RING_PFN, false);
            frontend.node("ring-ref", RING_PFN);
            frontend.node("event-channel", frontend.guest.offerPort());
            frontend.node(name, value);
            frontend.node("state", XenbusState.INITIALISED);
            assertEquals(XenbusState.CLOSING, frontend.state());
            assertFalse(frontend.guest.grants.isInUse(RING_PFN));
        }
    }

    @Test
    void failureOfTheHostIsAnErrorToTheGuest() throws IOException {
        Path path = image();
        try (BlockFrontend frontend = new BlockFrontend(path, true)) {
            frontend.connect(0, false);
            try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw")) {
                file.setLength(512);
            }
            fill(frontend, 1, new Random(2));
            byte[] before = gather(frontend, pages(1));
            frontend.put(BlkifOp.READ, 1, 8, pages(1));
            assertEquals(BlkifStatus.ERROR, frontend.run(1, BlkifOp.READ));
            assertArrayEquals(before, gather(frontend, pages(1)));
        }
    }

    /** Random bytes wherever a guest can put some. */
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3})
    void hostileRingsHurtNobody(int number) {
        long seed = SEED + number;
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        try (BlockFrontend frontend = new BlockFrontend(image(), true)) {
            for (int round = 0; round < 20; round++) {
                frontend.connect(random.nextInt(5), random.nextBoolean());
                for (int step = 0; step < 30; step++) {
                    hostileStep(frontend, random);
                }
                frontend.disconnect();
                frontend.answer();
                FrameAudit.check(frontend.guest.machine);
                frontend.node("state", XenbusState.INITIALISING);
            }
        }
    }

    private static void hostileStep(BlockFrontend frontend, Random random) {
        for (int i = 0; i < 1 + random.nextInt(8); i++) {
            List<Segment> segments = new ArrayList<>();
            for (int j = 0; j < 11; j++) {
                int ref = random.nextInt(8) == 0 ? random.nextInt() : random.nextInt(512);
                segments.add(new Segment(ref, random.nextInt(9), random.nextInt(9)));
            }
            long sector = random.nextInt(8) == 0 ? random.nextLong() : random.nextInt(SECTORS);
            int operation = random.nextInt(8) == 0 ? random.nextInt(256) : random.nextInt(7);
            int count = random.nextInt(4) == 0 ? random.nextInt(256) : random.nextInt(12);
            if (random.nextInt(3) == 0) {
                int pfn = DATA_PFN + random.nextInt(BlockFrontend.DATA_PAGES);
                frontend.putIndirect(operation, random.nextLong(), sector, pfn, segments, count);
            } else {
                frontend.put(operation, random.nextLong(), sector, segments, count);
            }
        }
        if (random.nextInt(40) == 0) {
            frontend.requestProducer += random.nextInt(1000);
        }
        frontend.push();
        if (random.nextBoolean()) {
            frontend.answer();
        }
    }
}
