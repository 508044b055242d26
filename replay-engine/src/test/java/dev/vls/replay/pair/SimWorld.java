package dev.vls.replay.pair;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Random;

/**
 * Time, chance, and what is true of all nodes together. The outputs of the guest are numbered, and
 * each tells all that came before it: two that have the same number and are not equal are a split
 * brain, or an output that was lost.
 */
final class SimWorld {
    /** Of a guest's output. */
    record Output(long number, long state) {}

    private record Task(long time, long order, Runnable work) {}

    final Random random;
    final long seed;
    private final boolean records;
    final List<String> trace = new ArrayList<>();
    private final PriorityQueue<Task> tasks =
            new PriorityQueue<>(
                    (a, b) ->
                            a.time != b.time
                                    ? Long.compare(a.time, b.time)
                                    : Long.compare(a.order, b.order));
    private final Map<Long, Output> released = new HashMap<>();
    private long time = 1;
    private long order;
    private long highest;
    boolean arbiterAway;

    /** How often a replay waited for a page. */
    long pagesAwaited;

    /**
     * @param records whether it is written down what happens, which takes longer than what happens
     */
    SimWorld(long seed, boolean records) {
        this.seed = seed;
        this.records = records;
        this.random = new Random(seed);
    }

    long now() {
        return time;
    }

    /** Has something done later. */
    void after(long nanos, Runnable work) {
        tasks.add(new Task(time + Math.max(nanos, 0), order++, work));
    }

    /** A time of some length, most often short. */
    long some(long nanos) {
        return (long) (nanos * random.nextDouble() * random.nextDouble());
    }

    boolean chance(double probability) {
        return random.nextDouble() < probability;
    }

    /** Lets time pass. */
    void run(long nanos) {
        long end = time + nanos;
        while (!tasks.isEmpty() && tasks.peek().time <= end) {
            Task next = tasks.remove();
            time = next.time;
            next.work.run();
        }
        time = end;
    }

    void note(String line) {
        if (records && trace.size() < 20_000) {
            trace.add("%12.3f %s".formatted(time / 1e6, line));
        }
    }

    /** A node has let out an output. */
    void released(String node, Output output) {
        if (records) {
            note(node + " lets out " + output);
        }
        Output before = released.putIfAbsent(output.number, output);
        if (before != null && before.state != output.state) {
            throw new AssertionError(
                    "%s lets out %s, and %s has left before: seed %d"
                            .formatted(node, output, before, seed));
        }
        highest = Math.max(highest, output.number);
    }

    /** How many outputs have left. */
    long highest() {
        return highest;
    }

    /** A node goes on with the guest in a state; all that has left must be in its past. */
    void goesOn(String node, List<Output> history) {
        long known = history.isEmpty() ? 0 : history.getLast().number();
        note(node + " goes on behind output " + known);
        if (known < highest) {
            throw new AssertionError(
                    "%s goes on behind output %d, and %d has left: seed %d"
                            .formatted(node, known, highest, seed));
        }
    }
}
