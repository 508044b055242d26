package dev.vls.replay.pair;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.vls.replay.wire.Message;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Runs the protocol's own code, a leader and followers, through crashes, pauses, cuts and an
 * arbiter that goes away, seed by seed. {@code -Dsim.seed=N} repeats one, {@code -Dsim.seeds=N}
 * runs as many.
 */
@Timeout(600)
final class SimPairTest {
    private static final long MILLI = 1_000_000;

    /** What all seeds together have seen, so that a test of nothing is noticed. */
    private long outputs;

    private long takeOvers;
    private long dead;
    private long pagesAwaited;

    static Message.Commit commitOf(long seed) {
        return seed % 2 == 0 ? Message.Commit.RECEIVED : Message.Commit.REPLAYED;
    }

    @Test
    void nothingIsLostOrDoubledWhateverHappens() throws Exception {
        Long only = Long.getLong("sim.seed");
        if (only != null) {
            run(only);
            return;
        }
        int seeds = Integer.getInteger("sim.seeds", 10_000);
        for (long seed = 1; seed <= seeds; seed++) {
            run(seed);
        }
        System.out.printf(
                "%d seeds: %d outputs, %d take-overs, %d pages awaited, %d guests lost that nobody could take over%n",
                seeds, outputs, takeOvers, pagesAwaited, dead);
        assertTrue(
                outputs > 10L * seeds && takeOvers > seeds / 4 && pagesAwaited > seeds,
                "the seeds do nothing");
    }

    private void run(long seed) throws Exception {
        try {
            new Cluster(new SimWorld(seed, false)).run();
        } catch (RuntimeException | AssertionError e) {
            explain(seed);
        }
    }

    /** Once more, with all that happens written down. */
    private void explain(long seed) throws Exception {
        SimWorld world = new SimWorld(seed, true);
        try {
            new Cluster(world).run();
        } catch (RuntimeException | AssertionError e) {
            Path file = Path.of("target", "sim-" + seed + ".log");
            Files.write(file, world.trace);
            throw new AssertionError(
                    "seed %d: %s (what happened is in %s)".formatted(seed, e, file), e);
        }
        throw new AssertionError("seed %d fails, and not twice".formatted(seed));
    }

    private final class Cluster {
        private final SimWorld world;
        private final SimArbiter arbiter;
        private final Map<String, SimNode> directory = SimNode.newDirectory();
        private final List<SimNode> nodes = new ArrayList<>();
        private long requests;

        Cluster(SimWorld world) {
            this.world = world;
            this.arbiter = new SimArbiter(world);
        }

        void run() {
            SimNode first = node();
            first.lead(new SimLeader(first, first.newId(), new SimGuest(), commitOf(world.seed)));
            for (int i = world.random.nextInt(2); i >= 0; i--) {
                join();
            }
            world.after(1, this::request);
            world.run(300 * MILLI);
            for (int i = 0; i < 12; i++) {
                accident();
                world.run(world.some(400 * MILLI));
            }
            heal();
            world.run(1500 * MILLI);
            settle();
        }

        private SimNode node() {
            SimNode node = new SimNode(world, arbiter, directory, "n" + nodes.size());
            nodes.add(node);
            return node;
        }

        private void join() {
            Register register = arbiter.register();
            String leader = register == null ? "n0" : register.address();
            node().follow(leader);
        }

        /** Somebody asks the guest, wherever it is. */
        private void request() {
            for (SimNode node : nodes) {
                SimLeader leader = node.leader();
                if (leader != null && world.chance(0.9)) {
                    long value = ++requests;
                    node.later(() -> leader.input(value));
                }
            }
            world.after(world.some(10 * MILLI) + 1, this::request);
        }

        private void accident() {
            SimNode one = nodes.get(world.random.nextInt(nodes.size()));
            SimNode two = nodes.get(world.random.nextInt(nodes.size()));
            switch (world.random.nextInt(8)) {
                case 0, 1 -> {
                    // The guest may die with the last one that has it; most of the time there are
                    // others.
                    one.kill();
                }
                case 2 -> {
                    one.pause();
                    world.after(world.some(600 * MILLI), one::goOn);
                }
                case 3 -> {
                    if (one != two) {
                        one.cutOff(two);
                        world.after(world.some(600 * MILLI), one::heal);
                    }
                }
                case 4 -> {
                    world.arbiterAway = true;
                    world.after(world.some(500 * MILLI), () -> world.arbiterAway = false);
                }
                default -> join();
            }
        }

        private void heal() {
            world.note("--- all is well from here on");
            world.arbiterAway = false;
            nodes.forEach(SimNode::heal);
            nodes.forEach(SimNode::goOn);
        }

        /** Whoever leads by the arbiter's word goes on letting outputs out. */
        private void settle() {
            Register register = arbiter.register();
            outputs += world.highest();
            pagesAwaited += world.pagesAwaited;
            takeOvers += register == null ? 0 : register.epoch() - 1;
            SimNode leader = register == null ? null : directory.get(register.address());
            if (leader == null || !leader.isLeader()) {
                dead++;
                assertTrue(leader == null || leader.isDead(), "who has won does not lead");
                boolean orphaned =
                        register == null
                                || nodes.stream().noneMatch(node -> node.mayTakeOver(register));
                assertTrue(orphaned, "nobody leads, and somebody could");
                return;
            }
            long before = world.highest();
            world.run(500 * MILLI);
            assertTrue(world.highest() > before, () -> "the guest is stuck: " + leader.name);
        }
    }
}
