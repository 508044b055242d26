package dev.vls.replay;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.vls.machine.Machine;
import dev.vls.machine.OutputSink;
import dev.vls.machine.StateDigest;
import dev.vls.machine.VirtualClock;
import dev.vls.machine.control.ShutdownActions;
import dev.vls.machine.cpu.translate.Engine;
import dev.vls.machine.hypervisor.CpuidFile;
import dev.vls.machine.hypervisor.HypervisorLog;
import dev.vls.replay.snapshot.SnapshotDescription;
import dev.vls.replay.snapshot.SnapshotDescription.DataFile;
import dev.vls.replay.snapshot.SnapshotException;
import dev.vls.replay.snapshot.SnapshotFiles;
import dev.vls.replay.snapshot.SnapshotXml;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Snapshots in directories, sound and damaged. */
final class SnapshotFilesTest {
    private static final OutputSink NOWHERE = (bytes, offset, length) -> {};
    private static final String GUID = "00000000-0000-0000-0000-000000000001";
    private static final long SEED = new Random().nextLong();

    @TempDir private Path directory;
    private final Random random = new Random(SEED);

    private static final GuestDescription GUEST =
            new GuestDescription(
                    "a <name> & \"more\"",
                    "cruncher",
                    "",
                    "cruncher.rounds=20",
                    16 << 20,
                    2,
                    CpuidFile.BASELINE.text(),
                    GuestDescription.Clock.virtual(0),
                    List.of(),
                    List.of(),
                    ShutdownActions.DEFAULT);

    private static Machine boot() {
        return GUEST.boot(
                new ResourceGuest("cruncher"),
                new VirtualClock(),
                NOWHERE,
                HypervisorLog.SILENT,
                Engine.INTERPRETER);
    }

    /** Saves a machine that goes on while its memory is written. */
    private SnapshotFiles save(Machine machine) {
        SnapshotFiles files = new SnapshotFiles(directory.resolve("snapshot"));
        files.create();
        byte[] state = machine.save();
        long instructions = machine.totalSteps();
        FrozenPages pages = new FrozenPages(machine.domain().memory());
        pages.freeze(machine);
        machine.run(instructions + 2_000_000);
        DataFile memory = files.writeMemory(GUID, machine.domain().memory().frames(), pages);
        pages.close();
        files.writeConfiguration(
                new SnapshotDescription(
                        GUID,
                        "test",
                        instructions,
                        GUEST,
                        List.of(),
                        memory,
                        files.writeState(GUID, state)));
        return files;
    }

    private static Machine restore(SnapshotFiles files) {
        return files.restore(
                files.read(),
                new VirtualClock(),
                NOWHERE,
                HypervisorLog.SILENT,
                Engine.INTERPRETER);
    }

    @Test
    void restoredGuestIsTheOneThatWentOn() {
        System.out.println("seed " + SEED);
        try (Machine machine = boot()) {
            machine.run(1_000_000 + random.nextInt(3_000_000));
            SnapshotFiles files = save(machine);
            files.check(files.read());
            try (Machine restored = restore(files)) {
                restored.run(machine.totalSteps());
                assertArrayEquals(machine.save(), restored.save());
                assertArrayEquals(
                        StateDigest.sha256(machine.domain()),
                        StateDigest.sha256(restored.domain()));
            }
            assertThrows(SnapshotException.class, files::create);
        }
    }

    @Test
    void configurationIsReadAsItWasWritten() {
        DataFile file = new DataFile("a.bin", 17, "0".repeat(64));
        SnapshotDescription written =
                new SnapshotDescription(GUID, "t", 5, GUEST, List.of(), file, file);
        assertEquals(written, SnapshotXml.read("x", SnapshotXml.write(written)));
    }

    @Test
    void damagedFilesAreOneLineEach() throws IOException {
        System.out.println("seed " + SEED);
        SnapshotFiles files;
        try (Machine machine = boot()) {
            machine.run(1_000_000);
            files = save(machine);
        }
        for (int i = 0; i < 150; i++) {
            Path file =
                    directory.resolve(
                            "snapshot/" + GUID + List.of(".xml", ".bin", ".vsv").get(i % 3));
            byte[] sound = Files.readAllBytes(file);
            byte[] damaged = sound.clone();
            damaged[random.nextInt(damaged.length)] ^= (byte) (1 << random.nextInt(8));
            Files.write(
                    file,
                    random.nextInt(3) == 0
                            ? Arrays.copyOf(sound, random.nextInt(sound.length))
                            : damaged);
            SnapshotException refusal =
                    assertThrows(SnapshotException.class, () -> files.check(files.read()));
            assertNotNull(refusal.getMessage());
            assertFalse(refusal.getMessage().contains("\n"), refusal.getMessage());
            Files.write(file, sound);
        }
        files.check(files.read());
    }
}
