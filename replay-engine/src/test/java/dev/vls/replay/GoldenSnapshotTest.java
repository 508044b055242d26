package dev.vls.replay;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.vls.machine.Input;
import dev.vls.machine.Machine;
import dev.vls.machine.MachineExit;
import dev.vls.machine.VirtualClock;
import dev.vls.machine.cpu.translate.Engine;
import dev.vls.machine.hypervisor.HypervisorLog;
import dev.vls.replay.snapshot.SnapshotDescription;
import dev.vls.replay.snapshot.SnapshotFiles;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/**
 * A snapshot by each released version, which stays good: the guest {@code ledger} had a total of 42
 * from two requests and waited for the third. Never written again.
 */
final class GoldenSnapshotTest {
    private static final Path GOLDEN = Path.of("src/test/resources/golden/snapshot-v1");

    @Test
    void guestOfVersion1GoesOn() throws IOException {
        SnapshotFiles files = new SnapshotFiles(GOLDEN);
        SnapshotDescription snapshot = files.read();
        files.check(snapshot);
        assertEquals("builtin:ledger", snapshot.guest().kernel());
        VirtualClock inputs = new VirtualClock();
        ByteArrayOutputStream said = new ByteArrayOutputStream();
        try (Machine machine =
                files.restore(
                        snapshot, inputs, said::write, HypervisorLog.SILENT, Engine.INTERPRETER)) {
            assertEquals(snapshot.instructions(), machine.totalSteps());
            assertArrayEquals(
                    Files.readAllBytes(GOLDEN.resolve(snapshot.state().name())), machine.save());
            inputs.add(new Input.ConsoleIn("ADD 1\nQUIT\n".getBytes(StandardCharsets.UTF_8)));
            assertEquals(MachineExit.SHUTDOWN, machine.run(Long.MAX_VALUE));
        }
        String text = said.toString(StandardCharsets.UTF_8);
        assertEquals("3 total=43 hash=", text.lines().findFirst().orElse("").substring(0, 16));
    }
}
