package dev.vls.replay.lockstep;

import dev.vls.machine.DomainLife;
import dev.vls.machine.Machine;
import dev.vls.machine.MachineExit;
import dev.vls.machine.StateDigest;
import dev.vls.machine.cpu.translate.Engine;
import dev.vls.machine.cpu.translate.TranslationQueue;
import dev.vls.replay.GuestDescription;
import dev.vls.replay.GuestFiles;
import dev.vls.replay.Recording;
import dev.vls.replay.locate.Difference;
import dev.vls.replay.locate.DivergenceLocator;
import dev.vls.replay.locate.Execution;
import dev.vls.replay.locate.Location;
import dev.vls.replay.locate.OutputTrail;
import dev.vls.replay.locate.RepeatableRun;
import dev.vls.replay.locate.StateComparison;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Has an interpreting machine follow a translating one, a few thousand steps at a time, and
 * compares them: registers, time and outputs each time, memory now and then and at the end. A
 * difference is narrowed by executing both again.
 *
 * <p>The translating machine translates at once on its own thread, so that what it does can be
 * repeated. The order of calls is {@link #between}, by which that machine gets its ports, then
 * {@link #run} as often as wanted. One thread.
 */
public final class Lockstep implements AutoCloseable {
    /** What executes the guest that is followed: more is translated than pays. */
    public static final Engine TRANSLATOR =
            Engine.translator(TranslationQueue.IMMEDIATE).withThreshold(1_000);

    private static final String TRANSLATED = "translated";
    private static final String INTERPRETED = "interpreted";

    // Of both lengths half: loops of translations stay in them, and are cut everywhere.
    private static final long SHORT_STEPS = 1_000;
    private static final long LONG_STEPS = 200_000;

    /** Steps from one comparison of memory to the next. */
    private static final long MEMORY_STEPS = 200_000_000;

    private final InputLog log;
    private final RepeatableRun leading;
    private final RepeatableRun following;
    private final Consumer<String> progress;
    private final SplittableRandom random;
    private @Nullable InputTee tee;
    private @Nullable Execution follower;
    private long comparisons;

    /**
     * A guest that two machines are to execute.
     *
     * @param seed of the lengths of intervals
     * @param progress told in a line each what is looked for once there is a difference
     */
    public Lockstep(
            GuestDescription guest, GuestFiles files, long seed, Consumer<String> progress) {
        this(guest, files, new InputLog(), seed, progress);
    }

    private Lockstep(
            GuestDescription guest,
            GuestFiles files,
            InputLog log,
            long seed,
            Consumer<String> progress) {
        this(
                log,
                new LoggedRun(TRANSLATED, guest, files, log, TRANSLATOR),
                new LoggedRun(INTERPRETED, guest, files, log, Engine.INTERPRETER),
                seed,
                progress);
    }

    /**
     * For runs of any kind.
     *
     * @param leading repeats what the machine with the ports does
     * @param following is compared with it
     */
    Lockstep(
            InputLog log,
            RepeatableRun leading,
            RepeatableRun following,
            long seed,
            Consumer<String> progress) {
        this.log = log;
        this.leading = leading;
        this.following = following;
        random = new SplittableRandom(seed);
        this.progress = progress;
    }

    /** Puts itself between the translating machine and its ports. To be called once. */
    public Recording.Ports between(Recording.Ports live) {
        InputTee made = new InputTee(live.inputs(), live.outputs(), log);
        tee = made;
        return new Recording.Ports(made, made);
    }

    /** How often the machines were compared. */
    public long comparisons() {
        return comparisons;
    }

    /**
     * Runs both machines; see {@link DomainLife#run}.
     *
     * @param leader the machine that has the ports, in its first state at the first call
     * @throws LockstepDifference at the first difference
     */
    public MachineExit run(Machine leader, DomainLife life, long stepLimit) {
        if (tee == null) {
            throw new IllegalStateException("the machine has not the ports");
        }
        if (follower == null) {
            follower = following.begin(0);
        }
        Live live = new Live(leader, tee.trail());
        long memoryEqual = leader.totalSteps();
        while (true) {
            long equal = leader.totalSteps();
            long length = 1 + random.nextLong(random.nextBoolean() ? SHORT_STEPS : LONG_STEPS);
            long limit = Math.min(stepLimit, equal + length);
            MachineExit exit = life.run(limit);
            if (exit == MachineExit.STOPPED) {
                // The place is the host's choice, and inputs may have been applied there.
                return exit;
            }
            String stopped = exit == MachineExit.STEP_LIMIT ? null : exit.name();
            String followerStopped = follower.advance(limit);
            boolean atEnd = stopped != null || limit == stepLimit;
            boolean memory = atEnd || limit - memoryEqual >= MEMORY_STEPS;
            comparisons++;
            if (!agree(leader, follower.machine())
                    || (memory && !compare(live, follower, stopped, followerStopped).isEmpty())) {
                // Memory may have gone wrong any time since it was compared.
                throw difference(live, follower, memoryEqual, stopped, followerStopped);
            }
            if (memory) {
                memoryEqual = limit;
            }
            if (atEnd) {
                return exit;
            }
        }
    }

    private static boolean agree(Machine leader, Machine follower) {
        return leader.totalSteps() == follower.totalSteps()
                && leader.currentVcpu() == follower.currentVcpu()
                && leader.domain().time().now() == follower.domain().time().now()
                && Arrays.equals(
                        StateDigest.ofVcpus(leader.domain()),
                        StateDigest.ofVcpus(follower.domain()));
    }

    private static List<Difference> compare(
            Execution live,
            Execution follower,
            @Nullable String stopped,
            @Nullable String followerStopped) {
        return StateComparison.of(live, follower, stopped, followerStopped);
    }

    private LockstepDifference difference(
            Execution live,
            Execution follower,
            long equal,
            @Nullable String stopped,
            @Nullable String followerStopped) {
        long here = live.machine().totalSteps();
        List<Difference> seen = compare(live, follower, stopped, followerStopped);
        follower.close();
        this.follower = null;
        Location location = new DivergenceLocator(leading, following, progress).locate(equal, here);
        if (location == null) {
            location = new Location(equal, here, 0, 0, List.of(), seen, List.of(), List.of());
        }
        return new LockstepDifference(location.report(leading.name(), following.name()));
    }

    @Override
    public void close() {
        if (follower != null) {
            follower.close();
        }
    }

    /** The machine that is followed. */
    private record Live(Machine machine, OutputTrail outputs) implements Execution {
        @Override
        public String advance(long totalSteps) {
            throw new IllegalStateException("it is run by others");
        }

        @Override
        public void close() {
            // It belongs to others.
        }
    }
}
