package dev.vls.machine.device.block;

import static dev.vls.machine.device.block.BlockFrontend.DATA_PFN;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.vls.machine.Input;
import dev.vls.machine.device.block.BlockFrontend.Segment;
import dev.vls.machine.host.image.HostImageFolder;
import dev.vls.machine.image.DiskImages;
import dev.vls.machine.state.StateReader;
import dev.vls.machine.state.StateWriter;
import dev.vls.xen.abi.io.BlkifOp;
import dev.vls.xen.abi.io.BlkifStatus;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Requests that the host is at while a block backend is saved. */
class BlockBackendStateTest {
    private static final int SECTORS = 4096;
    private static final int PAGES = 8;
    private static final long SEED = new Random().nextLong();

    @TempDir Path folder;

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void requestsInFlightAreAskedForAgainAndAnswered(boolean persistent) {
        System.out.println("seed " + SEED);
        Random random = new Random(SEED);
        Path path = folder.resolve("disk.img");
        new DiskImages(new HostImageFolder()).createRaw(path.toString(), SECTORS * 512L);
        try (BlockFrontend frontend = new BlockFrontend(path, true)) {
            frontend.connect(0, persistent);
            byte[] written = fill(frontend, random);
            frontend.put(BlkifOp.WRITE, 1, 800, segments(0));
            frontend.put(BlkifOp.READ, 2, 800, segments(PAGES));
            frontend.put(BlkifOp.FLUSH_DISKCACHE, 3, 0, List.of());
            frontend.push();
            assertEquals(3, frontend.answers.size());
            // The guest goes on to use its pages; what it had asked for is what is written again.
            fill(frontend, random);

            StateWriter saved = new StateWriter();
            saved.section("block", frontend.backend::state);
            BlockBackend restored =
                    new BlockBackend(frontend.guest.home, frontend.disk, frontend.disks);
            new StateReader(saved.toBytes()).section("block", restored::state);
            StateWriter again = new StateWriter();
            again.section("block", restored::state);
            assertArrayEquals(saved.toBytes(), again.toBytes());

            List<DiskRequest> asked = restored.unanswered();
            assertEquals(
                    List.of(DiskOperation.WRITE, DiskOperation.READ, DiskOperation.FLUSH),
                    asked.stream().map(DiskRequest::operation).toList());
            frontend.answers.clear();
            asked.forEach(frontend.disks::submit);
            for (Input.BlockDone done : frontend.answers) {
                restored.done(done.request(), done.status());
            }
            assertEquals(BlkifStatus.OKAY, frontend.takeResponse(1, BlkifOp.WRITE));
            assertEquals(BlkifStatus.OKAY, frontend.takeResponse(2, BlkifOp.READ));
            assertEquals(BlkifStatus.OKAY, frontend.takeResponse(3, BlkifOp.FLUSH_DISKCACHE));
            byte[] read = new byte[PAGES * 4096];
            for (int i = 0; i < PAGES; i++) {
                frontend.guest.machine.memory.read(
                        frontend.guest.maddr(DATA_PFN + PAGES + i), read, i * 4096, 4096);
            }
            assertArrayEquals(written, read);
        }
    }

    private static byte[] fill(BlockFrontend frontend, Random random) {
        byte[] bytes = new byte[PAGES * 4096];
        random.nextBytes(bytes);
        for (int i = 0; i < PAGES; i++) {
            frontend.guest.machine.memory.write(
                    frontend.guest.maddr(DATA_PFN + i), bytes, i * 4096, 4096);
        }
        return bytes;
    }

    private static List<Segment> segments(int firstPage) {
        List<Segment> segments = new ArrayList<>();
        for (int i = 0; i < PAGES; i++) {
            segments.add(Segment.page(DATA_PFN + firstPage + i));
        }
        return segments;
    }
}
