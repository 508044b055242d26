package dev.vls.machine.cpu.translate;

import dev.vls.machine.cpu.Block;
import dev.vls.machine.cpu.Translation;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What a translation will contain. Made on the machine's thread, read by the compiler's. */
final class RegionPlan {
    final List<PlannedBlock> blocks;
    private final Map<Integer, PlannedBlock> byDelta = new TreeMap<>();

    private @Nullable List<Integer> entries;

    /** The compiler's result, and what went wrong; written before {@link #done}. */
    @Nullable Translation finished;

    /** Bytes of bytecode in the result's method. */
    int bytes;

    @Nullable Throwable error;

    /** The compiler has no more to do; written once, by its thread. */
    volatile boolean done;

    RegionPlan(List<PlannedBlock> blocks) {
        this.blocks = blocks;
        for (PlannedBlock block : blocks) {
            byDelta.put(block.delta, block);
        }
    }

    PlannedBlock entry() {
        return blocks.getFirst();
    }

    /** The blocks that it may be entered at, by their places, the first block before all. */
    List<Integer> entries() {
        if (entries == null) {
            entries = RegionEntries.of(this);
        }
        return entries;
    }

    boolean isEntry(PlannedBlock block) {
        return entries().contains(blocks.indexOf(block));
    }

    /** The blocks from which control gets to another one within the region, but for returns. */
    List<PlannedBlock> predecessors(PlannedBlock block) {
        return blocks.stream()
                .filter(from -> RegionPlanner.successors(from).contains(block.delta))
                .toList();
    }

    /** The blocks, each behind those from which control gets to it, as far as loops let. */
    List<PlannedBlock> predecessorsFirst() {
        Deque<PlannedBlock> ordered = new ArrayDeque<>();
        Set<PlannedBlock> seen = new LinkedHashSet<>();
        for (int place : entries().reversed()) {
            visit(blocks.get(place), seen, ordered);
        }
        blocks.reversed().forEach(block -> visit(block, seen, ordered));
        return List.copyOf(ordered);
    }

    private void visit(PlannedBlock block, Set<PlannedBlock> seen, Deque<PlannedBlock> ordered) {
        if (!seen.add(block)) {
            return;
        }
        for (int delta : RegionPlanner.successors(block).reversed()) {
            PlannedBlock next = at(delta);
            if (next != null) {
                visit(next, seen, ordered);
            }
        }
        ordered.addFirst(block);
    }

    /** Whether a call of the region returns to an address, relative to the entry's page. */
    boolean isBehindCall(int delta) {
        for (PlannedBlock block : blocks) {
            ControlFlow flow = ControlFlow.of(block.last());
            if ((flow == ControlFlow.CALL || flow == ControlFlow.INDIRECT_CALL)
                    && block.end() == delta) {
                return true;
            }
        }
        return false;
    }

    @Nullable PlannedBlock at(int delta) {
        return byDelta.get(delta);
    }

    /** What is put into use. */
    TranslatedRegion region(Translation translation) {
        return new TranslatedRegion(
                translation,
                blocks.stream().map(block -> block.source).toList(),
                blocks.stream().mapToInt(PlannedBlock::count).sum(),
                bytes);
    }

    boolean contains(Block block) {
        for (PlannedBlock planned : blocks) {
            if (planned.source == block) {
                return true;
            }
        }
        return false;
    }

    /** Whether all blocks still are what guest memory holds. */
    boolean isValid() {
        for (PlannedBlock block : blocks) {
            if (!block.source.valid) {
                return false;
            }
        }
        return true;
    }
}
