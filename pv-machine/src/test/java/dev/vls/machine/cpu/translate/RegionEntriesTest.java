package dev.vls.machine.cpu.translate;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.vls.machine.cpu.Cpu;
import dev.vls.machine.cpu.FlatWorld;
import dev.vls.machine.host.TranslationMonitor;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

/** Which blocks of a region are entered there, and which get a region of their own. */
class RegionEntriesTest {
    private static final long CODE = 0x10000;
    private static final int THRESHOLD = 3;

    // inc rax; jmp L; L: inc rax; jmp M; M: dec ecx; jne L; hlt
    private static final byte[] LOOP = HexFormat.of().parseHex("48ffc0eb0048ffc0eb00ffc975f7f4");
    private static final int LOOP_L = 5;
    private static final int LOOP_M = 10;

    // inc rax; jmp L; L: inc rax; jmp M; M: inc rax; hlt
    private static final byte[] LINE = HexFormat.of().parseHex("48ffc0eb0048ffc0eb0048ffc0f4");
    private static final int LINE_M = 10;

    /**
     * Makes a region of all of the code, then begins elsewhere in it: how many regions there are.
     */
    private static long regionsAfterStartingAt(int offset, byte[] code) {
        TranslationMonitor counts = new TranslationMonitor();
        Engine engine = Engine.translator(TranslationQueue.IMMEDIATE, counts);
        try (FlatWorld world = new FlatWorld(1 << 20, engine.withThreshold(THRESHOLD))) {
            world.map(CODE, 4096, code);
            for (int i = 0; i < THRESHOLD; i++) {
                run(world, CODE);
            }
            assertEquals(1, counts.installed());
            for (int i = 0; i < THRESHOLD; i++) {
                run(world, CODE + offset);
            }
            return counts.installed();
        }
    }

    private static void run(FlatWorld world, long rip) {
        world.cpu().setRip(rip);
        world.cpu().gpr[Cpu.RCX] = 1;
        assertEquals(FlatWorld.End.HALT, world.run(1000).end());
    }

    @Test
    void codeInNoLoopIsEnteredAnywhere() {
        assertEquals(1, regionsAfterStartingAt(LINE_M, LINE));
    }

    @Test
    void aLoopIsEnteredWhereItBegins() {
        assertEquals(1, regionsAfterStartingAt(LOOP_L, LOOP));
    }

    @Test
    void theRestOfALoopGetsARegionOfItsOwn() {
        assertEquals(2, regionsAfterStartingAt(LOOP_M, LOOP));
    }
}
