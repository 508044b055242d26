package dev.vls.machine.domain;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.vls.machine.Machine;
import dev.vls.machine.MachineExit;
import dev.vls.machine.VirtualClock;
import dev.vls.machine.device.DeviceConfiguration;
import dev.vls.machine.domain.DomainImage.NamedBytes;
import dev.vls.machine.hypervisor.CpuidFile;
import dev.vls.machine.hypervisor.DomainConfiguration;
import dev.vls.machine.hypervisor.HypervisorLog;
import dev.vls.xen.abi.elfnote.ElfNote;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Guests that do nonsense: random bytes as a kernel, hypercalls with random arguments. Their domain
 * crashes, ends or goes on; the machine stands, and returns at its step limit.
 */
class RandomGuestTest {
    private static final long PAGES = 16 * 256;
    private static final long STEPS_MAX = 60_000;
    private static final int HYPERCALLS = 60;
    private static final long ENTRY = TestKernel.VIRT_BASE + 0x10_0000;

    @Test
    void randomBytesAsKernelLeaveTheMachineStanding() {
        run(150, RandomGuestTest::randomBytes);
    }

    @Test
    void hypercallsWithRandomArgumentsLeaveTheMachineStanding() {
        run(150, RandomGuestTest::randomHypercalls);
    }

    @Test
    @Tag("slow")
    void manyOfBoth() {
        run(20_000, RandomGuestTest::randomBytes);
        run(20_000, RandomGuestTest::randomHypercalls);
    }

    private interface Generator {
        byte[] code(SplittableRandom random);
    }

    private static void run(int guests, Generator generator) {
        long seed = Long.getLong("seed", System.nanoTime());
        Map<MachineExit, Integer> exits = new EnumMap<>(MachineExit.class);
        for (int i = 0; i < guests; i++) {
            String name = "seed " + seed + ", guest " + i;
            byte[] code = generator.code(new SplittableRandom(seed + i));
            // A guest that hangs the machine is what this looks for: seconds, where it takes none.
            MachineExit exit =
                    Assertions.assertTimeoutPreemptively(
                            Duration.ofSeconds(60), () -> runGuest(name, code), name);
            exits.merge(exit, 1, Integer::sum);
        }
        System.out.println("seed " + seed + ": " + exits);
        assertTrue(exits.containsKey(MachineExit.SHUTDOWN), "seed " + seed);
    }

    private static MachineExit runGuest(String name, byte[] code) {
        TestKernel kernel =
                TestKernel.pv().note(ElfNote.HYPERCALL_PAGE, TestKernel.VIRT_BASE + 0x10_f000);
        kernel.content = code;
        kernel.memoryBytes = 0x1_0000;
        try (Arena arena = Arena.ofConfined();
                Machine machine = boot(kernel, arena)) {
            return machine.run(STEPS_MAX);
        } catch (RuntimeException | Error e) {
            throw new AssertionError(name, e);
        }
    }

    private static Machine boot(TestKernel kernel, Arena arena) {
        NamedBytes file = new NamedBytes("random", MemorySegment.ofArray(kernel.build()));
        return Machine.boot(
                DomainImage.read(file, null, "", PAGES, arena),
                PAGES,
                DomainConfiguration.unprivileged(2),
                DeviceConfiguration.NONE,
                CpuidFile.BASELINE,
                new VirtualClock(),
                (bytes, offset, length) -> {},
                HypervisorLog.SILENT);
    }

    private static byte[] randomBytes(SplittableRandom random) {
        byte[] code = new byte[0x2000];
        random.nextBytes(code);
        return code;
    }

    /**
     * Straight-line code: registers set to numbers of interest, SYSCALL, over and over; then a
     * loop.
     */
    private static byte[] randomHypercalls(SplittableRandom random) {
        byte[] bytes = new byte[0x2000];
        ByteBuffer code = TestKernel.view(bytes);
        for (int i = 0; i < HYPERCALLS; i++) {
            move(code, 0, random.nextInt(8) == 0 ? random.nextInt(64) : random.nextInt(45));
            for (int register : new int[] {7, 6, 2, 10, 8, 9}) {
                move(code, register, argument(random));
            }
            code.put((byte) 0x0f).put((byte) 0x05);
        }
        code.put((byte) 0xeb).put((byte) 0xfe);
        // What pointers point to.
        while (code.remaining() >= 8) {
            code.putLong(argument(random));
        }
        return bytes;
    }

    /** MOV r64, imm64. */
    private static void move(ByteBuffer code, int register, long value) {
        code.put((byte) (register < 8 ? 0x48 : 0x49)).put((byte) (0xb8 + (register & 7)));
        code.putLong(value);
    }

    private static long argument(SplittableRandom random) {
        return switch (random.nextInt(10)) {
            case 0, 1, 2 -> random.nextInt(32);
            case 3, 4 -> ENTRY + random.nextInt(0x1_0000);
            case 5 -> ENTRY + random.nextInt(0x2000) * 8L;
            case 6 -> random.nextInt(0x2000) * 0x1000L | random.nextInt(0x1000);
            case 7 -> 0x7ff0; // DOMID_SELF
            case 8 -> 1L << random.nextInt(64);
            default -> random.nextLong();
        };
    }
}
