package dev.vls.replay;

import dev.vls.machine.Input;
import dev.vls.machine.InputSource;
import dev.vls.machine.Machine;
import dev.vls.machine.control.ControlCommandParser;
import dev.vls.machine.cpu.Cpu;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * Inputs at the borders of all kinds of steps, and bursts of them at nearly every place, with a
 * count of the kinds of places by what the guest was doing there. In between is rest: a guest that
 * reads its clock begins again whenever it was changed meanwhile.
 */
final class BorderInputs implements InputSource {
    /** What lies at the place of an input. */
    enum Border {
        INSIDE_REP,
        BEFORE_A_FAULT,
        BEHIND_A_FAULT,
        IN_A_CONTINUED_HYPERCALL,
        SINGLE_STEP,
        IDLE,
        PAUSED,
        OTHER_VCPU
    }

    private static final long TF = 1 << 8;
    private static final int UD2 = 0x0F0B;
    private static final int SYSCALL = 0x0F05;

    private final Random random;
    private final Map<Border, Integer> met = new EnumMap<>(Border.class);
    private final long[] lastRip = {-1, -1};
    private final int[] lastCode = new int[2];
    private @Nullable Machine machine;
    private boolean given;

    /** Places left of a burst, or, if negative, of a rest. */
    private int burst;

    BorderInputs(long seed) {
        random = new Random(seed);
    }

    void attach(Machine running) {
        machine = running;
    }

    /** How many inputs came at which border. */
    Map<Border, Integer> met() {
        return met;
    }

    private Machine machine() {
        return Objects.requireNonNull(machine);
    }

    @Override
    public long runLimit(int vcpu, long instructionCount) {
        return instructionCount + 1;
    }

    @Override
    public @Nullable Input poll(int vcpu, long instructionCount, long systemTime) {
        if (given) {
            given = false;
            return null;
        }
        burst = burst > 0 ? burst - 1 : burst + 1;
        if (burst == 0) {
            burst = random.nextBoolean() ? 1 + random.nextInt(100) : -1 - random.nextInt(300);
        }
        given = look(vcpu) || (burst > 0 && random.nextInt(3) != 0);
        return given ? any() : null;
    }

    private Input any() {
        return switch (random.nextInt(2000)) {
            case 0 -> command("pause");
            case 1 -> command("store-write /local/domain/1/data/a b");
            case 2 -> new Input.ConsoleIn(new byte[] {'x'});
            case 3 -> new Input.Clock(random.nextInt(200_000));
            default -> new Input.Clock(random.nextInt(20));
        };
    }

    private static Input command(String text) {
        return new Input.Control(ControlCommandParser.parse(text));
    }

    /** Whether the vCPU is at a border. */
    private boolean look(int vcpu) {
        Cpu cpu = machine().domain().vcpu(vcpu).cpu;
        long rip = cpu.rip();
        byte[] bytes = new byte[2];
        boolean readable = machine().domain().vcpu(vcpu).guest.peek(rip, bytes) == bytes.length;
        int code = readable ? ((bytes[0] & 0xFF) << 8) | (bytes[1] & 0xFF) : 0;
        boolean again = rip == lastRip[vcpu];
        boolean[] borders = {
            count(again && isRepeatedString(code), Border.INSIDE_REP),
            count(code == UD2, Border.BEFORE_A_FAULT),
            count(lastCode[vcpu] == UD2 && code != UD2, Border.BEHIND_A_FAULT),
            count(again && code == SYSCALL, Border.IN_A_CONTINUED_HYPERCALL),
            count((cpu.rflags() & TF) != 0, Border.SINGLE_STEP),
            count(vcpu != 0 && random.nextInt(20) == 0, Border.OTHER_VCPU)
        };
        lastRip[vcpu] = rip;
        lastCode[vcpu] = code;
        for (boolean there : borders) {
            if (there) {
                return true;
            }
        }
        return false;
    }

    private static boolean isRepeatedString(int code) {
        int prefix = code >> 8;
        return (prefix == 0xF2 || prefix == 0xF3)
                && Arrays.binarySearch(
                                new int[] {0xA4, 0xA5, 0xA6, 0xA7, 0xAA, 0xAB, 0xAE, 0xAF},
                                code & 0xFF)
                        >= 0;
    }

    private boolean count(boolean holds, Border border) {
        if (holds) {
            met.merge(border, 1, Integer::sum);
        }
        return holds;
    }

    @Override
    public @Nullable Input await(int vcpu, long instructionCount, long systemTime, long deadline) {
        boolean paused = machine().domain().isPaused();
        count(true, paused ? Border.PAUSED : Border.IDLE);
        if (paused && random.nextInt(3) == 0) {
            return command("unpause");
        }
        long missing = deadline == Long.MAX_VALUE ? 1 : Math.max(deadline - systemTime, 0);
        return new Input.Clock(random.nextBoolean() ? missing : missing / 2 + 1);
    }
}
