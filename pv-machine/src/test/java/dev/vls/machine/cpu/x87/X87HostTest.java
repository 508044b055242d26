package dev.vls.machine.cpu.x87;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.vls.machine.cpu.fp.HostOracle;
import dev.vls.machine.cpu.fp.HostVendor;
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

    /** The same for sine and cosine on AMD's, which reduce large arguments by another pi. */
    private static final double SINE_AGREEMENT_MIN_ON_AMD = 0.7;

    private static final HostVendor VENDOR = HostVendor.ofThisHost();

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
                StringBuilder failures = new StringBuilder();
                for (X87Cases.Case one : X87Cases.all()) {
                    failures.append(failure(oracle, one, states, random.split()));
                }
                assertEquals("", failures.toString());
            }
        }
    }

    /** Tells the first state on which an instruction differs more than it may; empty if none. */
    private static String failure(
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
        double agreement = 1 - (double) differing / states;
        if (one.transcendental()) {
            System.out.printf("%s agreement %.4f%n", one.name(), agreement);
        }
        return agreement >= agreementMin(one)
                ? ""
                : "\n" + one.name() + ", " + differing + " of " + states + first;
    }

    private static double agreementMin(X87Cases.Case one) {
        if (!one.transcendental()) {
            return 1;
        }
        boolean sine = one.name().startsWith("fsin") || one.name().equals("fcos");
        return sine && VENDOR == HostVendor.AMD
                ? SINE_AGREEMENT_MIN_ON_AMD
                : TRANSCENDENTAL_AGREEMENT_MIN;
    }
}
