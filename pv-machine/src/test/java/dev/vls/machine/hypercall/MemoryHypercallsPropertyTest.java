package dev.vls.machine.hypercall;

import static org.junit.jupiter.api.Assertions.fail;

import dev.vls.machine.cpu.TlbAudit;
import dev.vls.machine.frames.FrameAudit;
import dev.vls.machine.frames.SmallMachine;
import dev.vls.machine.grant.GrantAudit;
import dev.vls.machine.grant.GrantMappings;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/**
 * Whatever a guest does with its memory: nothing throws, the frame table is what a recount from
 * memory gives, and no TLB knows anything that the page tables do not say.
 */
class MemoryHypercallsPropertyTest {
    private static final int MACHINES = Integer.getInteger("vls.test.machines", 40);
    private static final int STEPS = Integer.getInteger("vls.test.steps", 400);
    private static final long SEED = Long.getLong("vls.test.seed", System.nanoTime());

    @Test
    void randomCallsKeepTheFrameTableAndTheTlbsRight() {
        System.out.println("seed " + SEED);
        SplittableRandom seeds = new SplittableRandom(SEED);
        for (int i = 0; i < MACHINES; i++) {
            run(seeds.nextLong());
        }
    }

    private static void run(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        String last = "";
        try (SmallMachine machine = new SmallMachine(24 + random.nextInt(40), 2)) {
            RandomMemoryCalls calls = new RandomMemoryCalls(machine, random);
            for (int step = 0; step < STEPS; step++) {
                last = "machine " + seed + " step " + step + ": ";
                last += calls.step();
                GrantMappings mappings = machine.memoryHypercalls.grantMappings();
                FrameAudit.check(
                        machine,
                        GrantAudit.devicePages(mappings, machine.grants, false),
                        GrantAudit.devicePages(mappings, machine.grants, true));
                TlbAudit.check(machine.domain.vcpu(0).cpu);
                TlbAudit.check(machine.domain.vcpu(1).cpu);
            }
        } catch (RuntimeException | AssertionError e) {
            fail(last, e);
        }
    }
}
