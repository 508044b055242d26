package dev.vls.machine.cpu.translate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.vls.machine.cpu.Cpu;
import dev.vls.machine.cpu.FlatWorld;
import dev.vls.machine.host.TranslationMonitor;
import java.io.ByteArrayOutputStream;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * Translations are of bounded number, leave the JVM when they end, and give in to a guest that
 * writes code.
 */
class TranslatorBoundsTest {
    private static final long CODE = 0x10000;
    private static final int LOOPS = 300;
    private static final int REGIONS_MAX = 20;
    private static final int GENEROUS = 1 << 20;

    /** Watches the classes of regions that have ended. */
    private static final class Classes implements TranslationObserver {
        private final TranslationMonitor counts = new TranslationMonitor();
        private final List<WeakReference<Class<?>>> ended = new ArrayList<>();
        private long mostLive;
        private long mostBytes;

        @Override
        public void installed(TranslatedRegion region) {
            // One more than there is room for is there for a moment, before another goes.
            mostLive = Math.max(mostLive, counts.live());
            counts.installed(region);
            mostBytes = Math.max(mostBytes, counts.bytesMax());
        }

        @Override
        public void ended(TranslatedRegion region, TranslatedRegion.End reason) {
            counts.ended(region, reason);
            ended.add(new WeakReference<>(region.translation().getClass()));
        }
    }

    /** Loops one behind the other: mov ecx, 50; L: add rax, i; dec ecx; jne L. Then hlt. */
    private static byte[] loops() {
        ByteArrayOutputStream code = new ByteArrayOutputStream();
        for (int i = 0; i < LOOPS; i++) {
            code.writeBytes(HexFormat.of().parseHex("b932000000" + "4883c0"));
            code.write(i & 0x7F);
            code.writeBytes(HexFormat.of().parseHex("ffc9" + "75f8"));
        }
        code.write(0xF4);
        return code.toByteArray();
    }

    private static long runLoops(Engine engine, int times) {
        try (FlatWorld world = new FlatWorld(GENEROUS, engine)) {
            world.map(CODE, 4096 * 4, loops());
            for (int i = 0; i < times; i++) {
                world.cpu().setRip(CODE);
                assertEquals(FlatWorld.End.HALT, world.run(GENEROUS).end());
            }
            return world.cpu().gpr[Cpu.RAX];
        }
    }

    private static Engine everything(TranslationObserver observer) {
        return Engine.translator(TranslationQueue.IMMEDIATE, observer).withThreshold(1);
    }

    @Test
    void keepsNoMoreRegionsThanThereIsRoomFor() {
        Classes classes = new Classes();
        long sum = runLoops(everything(classes).withRoom(REGIONS_MAX, GENEROUS), 3);
        assertEquals(runLoops(Engine.INTERPRETER, 3), sum);
        assertEquals(REGIONS_MAX, classes.mostLive);
        assertTrue(classes.counts.evicted() > LOOPS - REGIONS_MAX, "few were evicted");
    }

    @Test
    void keepsNoMoreBytecodeThanThereIsRoomFor() {
        Classes classes = new Classes();
        long sum = runLoops(everything(classes).withRoom(GENEROUS, 20_000), 2);
        assertEquals(runLoops(Engine.INTERPRETER, 2), sum);
        assertTrue(classes.mostBytes < 20_000 + 8_000, classes.mostBytes + " bytes at once");
        assertTrue(classes.counts.evicted() > 0, "nothing was evicted");
    }

    @Test
    void theJvmUnloadsClassesOfRegionsThatHaveEnded() throws InterruptedException {
        Classes classes = new Classes();
        try (FlatWorld world =
                new FlatWorld(GENEROUS, everything(classes).withRoom(REGIONS_MAX, GENEROUS))) {
            world.map(CODE, 4096 * 4, loops());
            world.cpu().setRip(CODE);
            assertEquals(FlatWorld.End.HALT, world.run(GENEROUS).end());
            // The world lives on: what it holds is not garbage.
            long loaded = classes.ended.size();
            for (int i = 0; i < 50 && loaded > 0; i++) {
                System.gc();
                Thread.sleep(20);
                loaded = classes.ended.stream().filter(ended -> ended.get() != null).count();
            }
            assertEquals(0, loaded, "of " + classes.ended.size() + " classes are still loaded");
            assertEquals(REGIONS_MAX, classes.counts.live());
        }
    }

    @Test
    void codeThatIsWrittenAllTheTimeIsTranslatedLessAndLess() {
        // L: mov [rdi], cl; add rbx, 0; dec rcx; jne L; hlt. RDI points to the addend.
        byte[] code = HexFormat.of().parseHex("880f" + "4883c300" + "48ffc9" + "75f5" + "f4");
        int turns = 20_000;
        TranslationMonitor counts = new TranslationMonitor();
        try (FlatWorld world = new FlatWorld(GENEROUS, everything(counts))) {
            world.map(CODE, 4096, code);
            world.cpu().setRip(CODE);
            world.cpu().gpr[Cpu.RDI] = CODE + 5;
            world.cpu().gpr[Cpu.RCX] = turns;
            assertEquals(FlatWorld.End.HALT, world.run(GENEROUS).end());
            long sum = 0;
            for (int rcx = turns; rcx > 0; rcx--) {
                sum += (byte) rcx;
            }
            assertEquals(sum, world.cpu().gpr[Cpu.RBX]);
        }
        assertTrue(counts.installed() < 100, counts.installed() + " regions");
        assertTrue(counts.invalidated() > 10, counts.invalidated() + " were invalidated");
    }
}
