package dev.vls.machine;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.vls.machine.cpu.Cpu;
import dev.vls.machine.cpu.Vector;
import dev.vls.machine.hypervisor.Vcpu;
import java.util.Random;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;

/**
 * A guest that does everything without sense: hypercalls of every number with arguments from a pool
 * of near misses, exceptions and interrupts from nowhere, on a stack that is not always one. Its
 * domain may crash; the machine may not.
 */
final class RandomGuestTest {
    private static final long SEED = new Random().nextLong();
    private static final int ACTIONS = 3_000;
    private static final int PAGE = 4096;

    private Random random = new Random(SEED);

    /** Linear address of three pages of the guest: random bytes, then two of its stack and data. */
    private long arena;

    @RepeatedTest(3)
    void nonsenseHarmsTheGuestAlone(RepetitionInfo repetition) {
        long seed = SEED + repetition.getCurrentRepetition();
        System.out.println("seed " + seed);
        random = new Random(seed);
        int crashes = 0;
        TestMachine test = boot();
        try {
            for (int i = 0; i < ACTIONS; i++) {
                Vcpu vcpu = test.machine.domain().vcpu(0);
                act(vcpu);
                if (test.machine.domain().isShutDown()) {
                    crashes++;
                    test.close();
                    test = boot();
                }
            }
        } finally {
            test.close();
        }
        assertTrue(crashes > 0, "a crash is the most likely end");
    }

    private TestMachine boot() {
        TestMachine test = new TestMachine("hello", "", 2, new VirtualClock());
        test.machine.run(58_000);
        Cpu cpu = test.machine.domain().vcpu(0).cpu;
        arena = cpu.gpr[Cpu.RSP] & -PAGE;
        return test;
    }

    private void act(Vcpu vcpu) {
        Cpu cpu = vcpu.cpu;
        vcpu.blocked = false;
        vcpu.yielded = false;
        vcpu.online = true;
        if (random.nextInt(4) == 0) {
            scribble(vcpu);
        }
        if (random.nextInt(50) != 0) {
            cpu.gpr[Cpu.RSP] = arena + random.nextInt(PAGE);
        } else {
            cpu.gpr[Cpu.RSP] = argument();
        }
        switch (random.nextInt(20)) {
            case 0 -> {
                cpu.faultAddress = argument();
                cpu.supervisor().exception(cpu, random.nextInt(20), random.nextInt(32));
            }
            case 1 -> cpu.supervisor().softwareInterrupt(cpu, random.nextInt(256), cpu.rip());
            case 2 -> {
                cpu.setRip(arena + random.nextInt(PAGE));
                cpu.supervisor().exception(cpu, Vector.GP, 0);
            }
            default -> hypercall(cpu);
        }
        assertTrue((cpu.selector[Cpu.CS] & ~0xFFFF) == 0);
    }

    private void hypercall(Cpu cpu) {
        cpu.gpr[Cpu.RAX] = random.nextInt(300) == 0 ? random.nextLong() : random.nextInt(52);
        cpu.gpr[Cpu.RDI] = argument();
        cpu.gpr[Cpu.RSI] = argument();
        cpu.gpr[Cpu.RDX] = argument();
        cpu.gpr[10] = argument();
        cpu.gpr[8] = argument();
        cpu.supervisor().syscall(cpu);
    }

    private long argument() {
        return switch (random.nextInt(12)) {
            case 0, 1, 2, 3 -> random.nextInt(40);
            case 4, 5, 6 -> arena + random.nextInt(PAGE);
            case 7 -> arena + PAGE - random.nextInt(64);
            case 8 -> 0xffff_8000_0000_0000L + random.nextInt(1 << 20);
            case 9 -> -1 - random.nextInt(64);
            case 10 -> 0x7fff_ffff_ffffL - random.nextInt(64);
            default -> random.nextLong();
        };
    }

    /** Small numbers, pointers and prefixes of instructions where the hypervisor will look. */
    private void scribble(Vcpu vcpu) {
        byte[] bytes = {0, 0, 0, 0, 0, 0, 0, 0};
        for (int i = 0; i < 24; i++) {
            long value = random.nextInt(5) == 0 ? argument() : random.nextInt(64);
            if (random.nextInt(4) == 0) {
                value = instruction();
            }
            for (int j = 0; j < 8; j++) {
                bytes[j] = (byte) (value >>> (8 * j));
            }
            vcpu.guest.write(arena + random.nextInt(PAGE - 8), bytes, 0, 8);
        }
    }

    /** Bytes that start with a privileged instruction, with or without a prefix. */
    private long instruction() {
        int[] opcodes = {0x6c, 0x6f, 0xe4, 0xe7, 0xec, 0xef, 0xfa, 0xf4, 0x200f, 0x220f, 0x230f};
        long code = opcodes[random.nextInt(opcodes.length)] | random.nextLong() << 16;
        int[] prefixes = {0x66, 0xf3, 0x67, 0x48, 0x65};
        return random.nextBoolean() ? code : code << 8 | prefixes[random.nextInt(prefixes.length)];
    }
}
