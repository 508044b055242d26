package dev.vls.machine.cpu.sse;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.vls.machine.cpu.fp.HostOracle;
import dev.vls.machine.cpu.fp.HostVendor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Compares SSE floating point with the processor underneath on random states. */
final class SseFloatHostTest {
    /** Whose values, or choice among several NaNs, the manuals leave to the processor. */
    private static final Set<String> LEFT_OPEN = Set.of("rcpps", "rsqrtps", "dpps", "dppd");

    private static final HostVendor VENDOR = HostVendor.ofThisHost();

    @Test
    void instructionsAgreeWithTheHost() throws IOException, InterruptedException {
        compare(2_000, 0);
    }

    @Tag("slow")
    @Test
    void instructionsAgreeWithTheHostOnManyStates() throws IOException, InterruptedException {
        compare(20_000, Integer.getInteger("sse.rounds", 5));
    }

    private static void compare(int states, int extraRounds)
            throws IOException, InterruptedException {
        long seed = Long.getLong("seed", System.nanoTime());
        System.out.println("SSE seed " + seed);
        SplittableRandom random = new SplittableRandom(seed);
        try (HostOracle oracle = HostOracle.startOrSkip()) {
            for (int round = 0; round <= extraRounds; round++) {
                for (SseFloatCases.Case one : SseFloatCases.all()) {
                    if (LEFT_OPEN.contains(one.name()) && VENDOR == HostVendor.AMD) {
                        continue;
                    }
                    assertEquals("", differences(oracle, one, states, random.split(), 1));
                }
            }
        }
    }

    /** Describes up to {@code show} states on which an instruction differs, and their number. */
    static String differences(
            HostOracle oracle,
            SseFloatCases.Case one,
            int states,
            SplittableRandom random,
            int show)
            throws InterruptedException {
        ByteBuffer before = HostOracle.batch(0, states);
        SseStates generator = new SseStates(random);
        for (int i = 0; i < states; i++) {
            generator.fill(before, HostOracle.recordOffset(0, i), one.wide());
        }
        ByteBuffer after = oracle.run(one.code(), 0, states, before);
        SseMachine machine = new SseMachine();
        int differing = 0;
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < states; i++) {
            int at = HostOracle.recordOffset(0, i);
            machine.load(before, at);
            one.ours().accept(machine);
            String difference = machine.difference(after, at);
            if (!difference.isEmpty() && differing++ < show) {
                text.append('\n').append(SseMachine.describe(before, at));
                text.append("\n  ").append(difference);
            }
        }
        return differing == 0 ? "" : one.name() + " " + differing + " of " + states + text;
    }
}
