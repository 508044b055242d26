package dev.vls.machine.cpu.x87;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.vls.machine.cpu.fp.HostOracle;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Compares every x87 instruction with the processor underneath on random states. */
final class X87HostTest {
    private static final int MEMORY_BYTES = 16;
    private static final int SIGFPE = 8;

    /** Agreement that transcendental results must reach, in parts of one. */
    private static final double TRANSCENDENTAL_AGREEMENT_MIN = 0.9;

    @Test
    void instructionsAgreeWithTheHost() throws IOException, InterruptedException {
        compare(2_000, 0);
    }

    @Tag("slow")
    @Test
    void instructionsAgreeWithTheHostOnManyStates() throws IOException, InterruptedException {
        compare(20_000, Integer.getInteger("x87.rounds", 5));
    }

    private static void compare(int states, int extraRounds)
            throws IOException, InterruptedException {
        long seed = Long.getLong("seed", System.nanoTime());
        System.out.println("x87 seed " + seed);
        SplittableRandom random = new SplittableRandom(seed);
        try (HostOracle oracle = HostOracle.startOrSkip()) {
            for (int round = 0; round <= extraRounds; round++) {
                for (X87Cases.Case one : X87Cases.all()) {
                    compare(oracle, one, states, random.split());
                }
            }
        }
    }

    private static void compare(
            HostOracle oracle, X87Cases.Case one, int states, SplittableRandom random)
            throws InterruptedException {
        ByteBuffer before = HostOracle.batch(MEMORY_BYTES, states);
        X87States generator = new X87States(random);
        for (int i = 0; i < states; i++) {
            int at = HostOracle.recordOffset(MEMORY_BYTES, i);
            generator.fill(before, at, MEMORY_BYTES, one.transcendental() && i % 2 == 0);
        }
        ByteBuffer after = oracle.run(one.code(), MEMORY_BYTES, states, before);
        X87Machine machine = new X87Machine();
        int differing = 0;
        String first = "";
        int limit = Integer.getInteger("x87.show", 1);
        for (int i = 0; i < states; i++) {
            int at = HostOracle.recordOffset(MEMORY_BYTES, i);
            machine.load(before, at, MEMORY_BYTES);
            boolean waiting = !one.name().startsWith("fn");
            boolean fault = waiting && machine.f.hasPendingException();
            long signal = after.getLong(at + HostOracle.REGISTERS_OFFSET + 40);
            assertEquals(fault ? SIGFPE : 0, signal, one.name());
            if (!fault) {
                one.ours().accept(machine);
            }
            String difference = machine.difference(after, at, MEMORY_BYTES);
            if (!difference.isEmpty()) {
                if (differing++ < limit) {
                    first += "\n" + X87Machine.describe(before, at) + "\n  " + difference;
                }
            }
        }
        if (one.transcendental()) {
            double agreement = 1 - (double) differing / states;
            System.out.printf("%s agreement %.4f%n", one.name(), agreement);
            assertTrue(agreement >= TRANSCENDENTAL_AGREEMENT_MIN, one.name() + first);
        } else {
            assertEquals(0, differing, one.name() + first);
        }
    }
}
