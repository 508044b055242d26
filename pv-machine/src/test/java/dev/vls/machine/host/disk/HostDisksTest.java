package dev.vls.machine.host.disk;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.vls.machine.Input;
import dev.vls.machine.device.block.DiskOperation;
import dev.vls.machine.device.block.DiskRequest;
import dev.vls.machine.host.HostClock;
import dev.vls.machine.host.HostInputs;
import dev.vls.machine.host.image.HostImageFolder;
import dev.vls.machine.image.DiskImages;
import dev.vls.machine.image.ImageException;
import dev.vls.xen.abi.io.BlkifStatus;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HostDisksTest {
    private static final int BYTES = 1 << 20;
    private static final long NEVER = Long.MAX_VALUE;

    @TempDir Path folder;
    private final List<String> reports = new ArrayList<>();

    private Path image(String name) {
        Path path = folder.resolve(name);
        new DiskImages(new HostImageFolder()).createRaw(path.toString(), BYTES);
        return path;
    }

    private HostDisks open(Path path, boolean writable) {
        return HostDisks.open(
                List.of(new HostDisks.Choice(path.toString(), writable)), reports::add);
    }

    private static DiskRequest request(
            long number, DiskOperation operation, long sector, MemorySegment data) {
        return new DiskRequest(0, number, operation, sector, data.byteSize() / 512, data);
    }

    /** The threads answer in order; when all is answered, nobody waits for more. */
    @Test
    void answersComeInTheOrderOfTheRequests() {
        HostInputs inputs = new HostInputs();
        HostClock source = new HostClock(inputs, () -> 0);
        try (HostDisks disks = open(image("a.img"), true);
                Arena arena = Arena.ofShared()) {
            disks.startThreads(inputs);
            MemorySegment data = arena.allocate(4096, 4096);
            MemorySegment back = arena.allocate(4096, 4096);
            data.fill((byte) 7);
            disks.submit(request(0, DiskOperation.WRITE, 8, data));
            disks.submit(request(1, DiskOperation.BARRIER, 16, data));
            disks.submit(request(2, DiskOperation.FLUSH, 0, MemorySegment.NULL));
            disks.submit(request(3, DiskOperation.READ, 8, back));
            for (int number = 0; number < 4; number++) {
                assertEquals(
                        new Input.BlockDone(0, number, BlkifStatus.OKAY),
                        source.await(0, 0, 0, NEVER));
            }
            assertNull(source.await(0, 0, 0, NEVER));
            assertEquals(-1, data.mismatch(back));
        }
        assertTrue(reports.isEmpty());
    }

    @Test
    void discardGivesSpaceBackAndLeavesZeros() throws IOException {
        Path path = image("a.img");
        try (HostDisks disks = open(path, true);
                Arena arena = Arena.ofConfined()) {
            List<Input> answers = new ArrayList<>();
            disks.answerAtOnce(answers::add);
            MemorySegment data = arena.allocate(BYTES, 4096);
            data.fill((byte) 9);
            disks.submit(request(0, DiskOperation.WRITE, 0, data));
            long before = blocks(path);
            disks.submit(new DiskRequest(0, 1, DiskOperation.DISCARD, 8, 2040, MemorySegment.NULL));
            assertEquals(new Input.BlockDone(0, 1, BlkifStatus.OKAY), answers.getLast());
            assertTrue(blocks(path) < before, before + " blocks before, after " + blocks(path));
        }
        byte[] content = Files.readAllBytes(path);
        for (int i = 0; i < BYTES; i++) {
            assertEquals(i < 4096 ? 9 : 0, content[i], "byte " + i);
        }
    }

    private static long blocks(Path path) throws IOException {
        Process stat = new ProcessBuilder("stat", "-c", "%b", path.toString()).start();
        return Long.parseLong(
                new String(stat.getInputStream().readAllBytes(), StandardCharsets.US_ASCII)
                        .strip());
    }

    @Test
    void imageInUseIsRefusedAndAllAreClosedThen() {
        Path free = image("free.img");
        Path used = image("used.img");
        try (HostDisks first = open(used, true)) {
            assertEquals(1, first.disks().size());
            ImageException refusal =
                    assertThrows(
                            ImageException.class,
                            () ->
                                    HostDisks.open(
                                            List.of(
                                                    new HostDisks.Choice(free.toString(), true),
                                                    new HostDisks.Choice(used.toString(), false)),
                                            reports::add));
            assertTrue(refusal.getMessage().contains("is in use"), refusal.getMessage());
            open(free, true).close();
        }
        try (HostDisks one = open(used, false);
                HostDisks other = open(used, false)) {
            assertEquals(one.disks().getFirst().sectors(), other.disks().getFirst().sectors());
        }
    }

    @Test
    void emptyImageIsRefused() throws IOException {
        Path path = Files.createFile(folder.resolve("empty.img"));
        ImageException refusal = assertThrows(ImageException.class, () -> open(path, true));
        assertTrue(refusal.getMessage().contains("is empty"), refusal.getMessage());
    }

    @Test
    void failuresAreReportedInALineAndAnsweredAsErrors() throws IOException {
        Path path = image("a.img");
        try (HostDisks disks = open(path, false);
                Arena arena = Arena.ofConfined()) {
            List<Input> answers = new ArrayList<>();
            disks.answerAtOnce(answers::add);
            Files.write(path, new byte[512]);
            disks.submit(request(5, DiskOperation.READ, 8, arena.allocate(512)));
            assertEquals(List.of(new Input.BlockDone(0, 5, BlkifStatus.ERROR)), answers);
            assertEquals(1, reports.size());
            assertEquals(1, reports.getFirst().lines().count());
        }
    }
}
