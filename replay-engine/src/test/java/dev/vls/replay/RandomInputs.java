package dev.vls.replay;

import dev.vls.machine.Input;
import dev.vls.machine.InputSource;
import dev.vls.machine.Machine;
import dev.vls.machine.control.ControlCommandParser;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * Inputs of a restless world: at random places time jumps, somebody types, and an operator meddles,
 * or the machine is stopped before more of that comes at the same place. A paused domain is let go
 * on when it waits.
 */
final class RandomInputs implements InputSource {
    private static final String[] COMMANDS = {
        "pause", "sysrq h", "store-write /local/domain/1/data/a b", "balloon 12288", "vcpus 1",
    };

    /** Bytes at once after which a digest is taken, before anything else comes at that place. */
    private static final int PASTED = 25_000;

    private final Random random;
    private final int gapMax;
    private int left;
    private @Nullable Machine machine;

    /**
     * @param gapMax most steps from one place to the next
     * @param count inputs, but for those that wake an idle machine
     */
    RandomInputs(long seed, int gapMax, int count) {
        this.random = new Random(seed);
        this.gapMax = gapMax;
        this.left = count;
    }

    /** The machine to stop now and then. */
    void attach(Machine running) {
        machine = running;
    }

    @Override
    public long runLimit(int vcpu, long instructionCount) {
        return instructionCount + 1 + random.nextInt(gapMax);
    }

    @Override
    public @Nullable Input poll(int vcpu, long instructionCount, long systemTime) {
        if (left == 0 || random.nextInt(3) == 0) {
            return null;
        }
        if (machine != null && random.nextInt(4) == 0) {
            machine.requestStop();
            return null;
        }
        return any();
    }

    private Input any() {
        left--;
        return switch (random.nextInt(8)) {
            case 0 -> typed();
            case 1 -> command(COMMANDS[random.nextInt(COMMANDS.length)]);
            default -> new Input.Clock(random.nextInt(2_000_000));
        };
    }

    private Input typed() {
        byte[] bytes = new byte[random.nextInt(4) == 0 ? PASTED : 1 + random.nextInt(40)];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) (random.nextInt(12) == 0 ? '\n' : 'A' + random.nextInt(26));
        }
        return new Input.ConsoleIn(bytes);
    }

    private static Input command(String text) {
        return new Input.Control(ControlCommandParser.parse(text));
    }

    @Override
    public @Nullable Input await(int vcpu, long instructionCount, long systemTime, long deadline) {
        if (left > 0 && random.nextInt(4) == 0) {
            return any();
        }
        if (deadline != Long.MAX_VALUE) {
            long missing = Math.max(deadline - systemTime, 0);
            return new Input.Clock(random.nextBoolean() ? missing : missing / 2 + 1);
        }
        return left-- > -8 ? command("unpause") : null;
    }
}
