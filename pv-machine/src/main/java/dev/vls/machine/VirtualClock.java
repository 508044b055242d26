package dev.vls.machine;

import java.util.ArrayDeque;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/**
 * An input source without a host: time is the count of instructions, and an idle machine jumps to
 * its next timer. Two runs of one domain with one seed are the same to the last bit. Inputs that
 * were {@linkplain #add added} are given once the guest waits with nothing else to do.
 */
public final class VirtualClock implements InputSource {
    /** With a seed: the most that an idle machine sleeps past its timer, in ns; a power of two. */
    private static final long OVERSLEEP_MAX = 1 << 16;

    /** The same for the time that the host takes away from a machine that runs. */
    private static final long STOLEN_MAX = 1 << 20;

    /** And for the time from one such moment to the next. */
    private static final long BETWEEN_MAX = 1 << 24;

    private final Queue<Input> answers = new ArrayDeque<>();
    private final Queue<Input> waiting = new ArrayDeque<>();

    /** State of SplitMix64 (Steele, Lea, Flood 2014). */
    private long random;

    private final boolean varied;

    /** System time at which the host takes time away next. */
    private long stealAt = Long.MAX_VALUE;

    /** System time when the machine was here last. */
    private long lastPoll;

    /** Time is the count of instructions and nothing else. */
    public VirtualClock() {
        this(0);
    }

    /**
     * Time is varied as a busy host would do it, by pseudo-random numbers.
     *
     * @param seed 0 for none
     */
    public VirtualClock(long seed) {
        random = seed;
        varied = seed != 0;
        if (varied) {
            stealAt = draw(BETWEEN_MAX);
        }
    }

    private long draw(long limit) {
        random += 0x9E37_79B9_7F4A_7C15L;
        long z = (random ^ random >>> 30) * 0xBF58_476D_1CE4_E5B9L;
        z = (z ^ z >>> 27) * 0x94D0_49BB_1331_11EBL;
        return (z ^ z >>> 31) & (limit - 1);
    }

    /** Adds an input for the next moment at which every vCPU waits. */
    public void add(Input input) {
        waiting.add(input);
    }

    /**
     * Adds the answer to something that the machine asks right now, such as a request to a disk; it
     * is given an instruction later, or at once to a machine that waits.
     */
    public void answer(Input input) {
        answers.add(input);
    }

    @Override
    public long runLimit(int vcpu, long instructionCount) {
        long steps = Math.max(stealAt - lastPoll, 1);
        return !answers.isEmpty()
                ? instructionCount + 1
                : steps > Long.MAX_VALUE - instructionCount
                        ? Long.MAX_VALUE
                        : instructionCount + steps;
    }

    @Override
    public @Nullable Input poll(int vcpu, long instructionCount, long systemTime) {
        lastPoll = systemTime;
        Input answer = answers.poll();
        if (answer == null && systemTime >= stealAt) {
            long stolen = draw(STOLEN_MAX);
            stealAt = systemTime + stolen + 1 + draw(BETWEEN_MAX);
            return new Input.Clock(stolen);
        }
        return answer;
    }

    @Override
    public @Nullable Input await(int vcpu, long instructionCount, long systemTime, long deadline) {
        Input answer = answers.poll();
        Input added = answer == null ? waiting.poll() : answer;
        if (added != null) {
            return added;
        }
        if (deadline == Long.MAX_VALUE) {
            return null;
        }
        long oversleep = varied ? draw(OVERSLEEP_MAX) : 0;
        return new Input.Clock(Math.max(deadline - systemTime, 0) + oversleep);
    }
}
