package dev.vls.machine;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.vls.machine.cpu.translate.Engine;
import dev.vls.machine.hypervisor.CpuidFile;
import dev.vls.machine.hypervisor.HypervisorLog;
import dev.vls.machine.memory.MachineMemory;
import java.io.IOException;
import org.junit.jupiter.api.Test;

/**
 * The state of a Linux guest with two vCPUs that fetched through a network and wrote a disk when it
 * was saved, in each released version of the format: it stays readable. Never written again.
 */
final class GoldenStateTest {
    @Test
    void version1IsRestoredAsItWas() throws IOException {
        byte[] state = GoldenState.version1();
        SavedMachine saved = SavedMachine.read(state);
        assertEquals(2, saved.configuration().vcpus());
        assertEquals(72L << 20, saved.pages() << MachineMemory.PAGE_SHIFT);
        assertEquals("disk.img", saved.devices().disks().getFirst().node().path());
        assertEquals(1, saved.devices().interfaces().size());
        try (Machine machine =
                saved.restore(
                        MachineMemory.allocate(saved.memoryBytes()),
                        CpuidFile.BASELINE,
                        new VirtualClock(),
                        (bytes, offset, length) -> {},
                        HypervisorLog.SILENT,
                        Engine.INTERPRETER)) {
            assertArrayEquals(state, machine.save());
            assertTrue(machine.totalSteps() > 2_000_000_000);
        }
    }
}
