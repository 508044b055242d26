package dev.vls.machine.cpu.translate;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.vls.machine.cpu.Cpu;
import dev.vls.machine.cpu.FlatWorld;
import dev.vls.machine.host.TranslationMonitor;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

/** Flags that a block of a region finds pending from those before it. */
class KnownFlagsTest {
    private static final long CODE = 0x10000;
    private static final int THRESHOLD = 8;

    // cmp rax,rbx; ja K; mov rdi,rbx; jmp X; K: test rsi,rsi; X: setb al; hlt
    private static final byte[] JOIN =
            HexFormat.of().parseHex("4839d877054889dfeb034885f60f92c0f4");

    private static long carry(FlatWorld world, long rax, long rbx) {
        Cpu cpu = world.cpu();
        cpu.setRip(CODE);
        cpu.gpr[Cpu.RAX] = rax;
        cpu.gpr[Cpu.RBX] = rbx;
        assertEquals(FlatWorld.End.HALT, world.run(1000).end());
        return cpu.gpr[Cpu.RAX] & 0xFF;
    }

    /** The block at X is got to with flags of a comparison, from a side entry, and of a test. */
    @Test
    void aBlockDoesNotTakeTheFlagsOfOneWayForThoseOfAnother() {
        TranslationMonitor counts = new TranslationMonitor();
        Engine engine =
                Engine.translator(TranslationQueue.IMMEDIATE, counts).withThreshold(THRESHOLD);
        try (FlatWorld world = new FlatWorld(1 << 20, engine)) {
            world.map(CODE, 4096, JOIN);
            for (int i = 0; i < THRESHOLD; i++) {
                boolean above = i % 3 == 2;
                assertEquals(above ? 0 : 1, carry(world, above ? 3 : 1, 2));
            }
            assertEquals(1, counts.installed());
            assertEquals(1, carry(world, 1, 2));
            assertEquals(0, carry(world, 2, 2));
            assertEquals(0, carry(world, 3, 2));
        }
    }
}
