package dev.vls.machine.hypervisor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.vls.machine.frames.SmallMachine;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class SystemTimeTest {
    private final SmallMachine machine = new SmallMachine(8, 2);
    private final SystemTime time = machine.domain.time();

    @AfterEach
    void close() {
        machine.close();
    }

    @Test
    void stepsUntilIsTheFirstStepThatReachesTheDeadline() {
        long seed = new Random().nextLong();
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        for (int i = 0; i < 10_000; i++) {
            machine.domain.vcpu(random.nextInt(2)).cpu.instructionCount += random.nextInt(1000);
            time.advance(random.nextInt(100));
            long deadline = time.now() + random.nextInt(2000) - 500;
            long steps = time.stepsUntil(deadline);
            machine.vcpu.cpu.instructionCount += steps;
            assertTrue(time.now() >= deadline);
            if (steps > 0) {
                machine.vcpu.cpu.instructionCount--;
                assertTrue(time.now() < deadline);
                machine.vcpu.cpu.instructionCount++;
            }
        }
    }

    @Test
    void farDeadlinesDoNotOverflow() {
        assertEquals(Long.MAX_VALUE, time.stepsUntil(Vcpu.NEVER));
        time.advance(1L << 60);
        assertEquals(0, time.stepsUntil(1));
    }

    @Test
    void timeDoesNotGoBack() {
        assertThrows(IllegalArgumentException.class, () -> time.advance(-1));
    }

    @Test
    void watchdogsAreTwoAndCanBeStopped() {
        assertEquals(1, time.watchdog(0, 10));
        assertEquals(2, time.watchdog(0, 20));
        assertTrue(time.watchdog(0, 20) < 0);
        assertTrue(time.watchdog(3, 20) < 0);
        assertEquals(0, time.watchdog(1, 0));
        assertTrue(time.watchdog(1, 5) < 0);
        assertEquals(1, time.watchdog(0, 30));
    }
}
