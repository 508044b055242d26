package dev.vls.machine.hypervisor;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.vls.machine.memory.MachineMemory;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

final class HypercallPageTest {
    private static final int IRET = 23;

    @Test
    void stubsAreTheBytesThatXenWrites() {
        try (MachineMemory memory = MachineMemory.allocate(2 * MachineMemory.PAGE_SIZE)) {
            HypercallPage.write(memory, 1);
            assertEquals("514153b8000000000f05415b59c3cccc", stub(memory, 0));
            assertEquals("514153b87f0000000f05415b59c3cccc", stub(memory, 127));
            assertEquals("51415350b8170000000f05cccccccccc", stub(memory, IRET));
        }
    }

    private static String stub(MachineMemory memory, int number) {
        byte[] bytes = new byte[16];
        memory.read(MachineMemory.PAGE_SIZE + 32L * number, bytes, 0, bytes.length);
        return HexFormat.of().formatHex(bytes);
    }
}
