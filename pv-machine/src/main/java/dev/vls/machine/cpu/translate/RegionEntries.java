package dev.vls.machine.cpu.translate;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Deque;
import java.util.List;

/**
 * Chooses the blocks of a region that it may be entered at: the first, those behind calls, for what
 * is called will often be elsewhere, and all others that no loop gets a second entry by, for
 * HotSpot does not optimise loops with two, and that read no flags of blocks before, for these are
 * known where control cannot come from outside.
 */
final class RegionEntries {
    private final RegionPlan plan;

    /** For each block those that control gets to from it, in one step. */
    private final BitSet[] next;

    /** The same in one step or more. */
    private final BitSet[] reached;

    private RegionEntries(RegionPlan plan) {
        this.plan = plan;
        int count = plan.blocks.size();
        next = new BitSet[count];
        reached = new BitSet[count];
        for (int from = 0; from < count; from++) {
            next[from] = new BitSet(count);
            for (int delta : RegionPlanner.successors(plan.blocks.get(from))) {
                PlannedBlock block = plan.at(delta);
                if (block != null) {
                    next[from].set(plan.blocks.indexOf(block));
                }
            }
        }
        for (int from = 0; from < count; from++) {
            reached[from] = reachedFrom(from);
        }
    }

    /** The places of the blocks to enter at, in ascending order, the first block's before all. */
    static List<Integer> of(RegionPlan plan) {
        RegionEntries entries = new RegionEntries(plan);
        List<Integer> places = new ArrayList<>();
        for (int place = 0; place < plan.blocks.size(); place++) {
            if (entries.isEntryAnyway(place)
                    || (entries.keepsLoops(place) && !plan.blocks.get(place).readsFlags())) {
                places.add(place);
            }
        }
        return places;
    }

    private BitSet reachedFrom(int start) {
        BitSet seen = new BitSet(next.length);
        Deque<Integer> open = new ArrayDeque<>();
        open.add(start);
        while (!open.isEmpty()) {
            BitSet following = next[open.remove()];
            for (int i = following.nextSetBit(0); i >= 0; i = following.nextSetBit(i + 1)) {
                if (!seen.get(i)) {
                    seen.set(i);
                    open.add(i);
                }
            }
        }
        return seen;
    }

    private boolean isEntryAnyway(int place) {
        return place == 0 || plan.isBehindCall(plan.blocks.get(place).delta);
    }

    /** Whether a block is in no loop, or is the one that its loop is entered at. */
    private boolean keepsLoops(int place) {
        for (int other = 0; other < next.length; other++) {
            if (other != place && inOneLoop(place, other) && isEntered(other)) {
                return false;
            }
        }
        return true;
    }

    private boolean inOneLoop(int one, int other) {
        return reached[one].get(other) && reached[other].get(one);
    }

    /** Whether control gets to a block from outside its loop. */
    private boolean isEntered(int place) {
        if (isEntryAnyway(place)) {
            return true;
        }
        for (int from = 0; from < next.length; from++) {
            if (next[from].get(place) && !inOneLoop(from, place)) {
                return true;
            }
        }
        return false;
    }
}
