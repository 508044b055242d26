package dev.vls.machine.cpu.translate;

import dev.vls.machine.cpu.Block;
import dev.vls.machine.cpu.CodeCache;
import dev.vls.machine.cpu.Cpu;
import dev.vls.machine.cpu.Insn;
import dev.vls.machine.cpu.Shape;
import dev.vls.machine.memory.MachineMemory;
import dev.vls.machine.memory.Tlb;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Chooses the blocks of a region: those that can be reached from its entry by direct jumps, calls
 * and returns to them, that were executed, and whose pages the TLB maps; the most executed first.
 * Looks, and changes nothing: a page walk here would set accessed bits that the guest can see.
 */
final class RegionPlanner {
    private static final int BLOCKS_MAX = 96;

    /** A block joins if it was executed this fraction as often as the entry. */
    private static final int RARENESS = 16;

    /** Most bytes between a region's entry and its other blocks. */
    private static final int FAR = 1 << 30;

    private final CodeCache codeCache;

    RegionPlanner(CodeCache codeCache) {
        this.codeCache = codeCache;
    }

    private record Candidate(PlannedBlock block, int order) {}

    /**
     * Plans a region.
     *
     * @param instructionsMax most instructions in it
     * @return null if the entry cannot be translated
     */
    @Nullable RegionPlan plan(Cpu cpu, Block entry, long rip, int instructionsMax) {
        long base = rip & MachineMemory.PAGE_MASK;
        int entryDelta = (int) (rip - base);
        int executionsMin = Math.max(1, entry.executions / RARENESS);
        Map<Integer, PlannedBlock> seen = new TreeMap<>();
        PriorityQueue<Candidate> queue =
                new PriorityQueue<>(
                        Comparator.comparingInt((Candidate c) -> -c.block().source.executions)
                                .thenComparingInt(Candidate::order));
        List<PlannedBlock> chosen = new ArrayList<>();
        int instructions = 0;
        PlannedBlock first = find(cpu, base, entryDelta, 0);
        if (first == null) {
            return null;
        }
        seen.put(entryDelta, first);
        queue.add(new Candidate(first, 0));
        while (!queue.isEmpty() && chosen.size() < BLOCKS_MAX) {
            PlannedBlock block = queue.remove().block();
            if (instructions + block.count() > instructionsMax && !chosen.isEmpty()) {
                continue;
            }
            chosen.add(block);
            instructions += block.count();
            for (int delta : successors(block)) {
                if (!seen.containsKey(delta)) {
                    PlannedBlock next = find(cpu, base, delta, executionsMin);
                    if (next != null) {
                        seen.put(delta, next);
                        queue.add(new Candidate(next, seen.size()));
                    }
                }
            }
        }
        for (PlannedBlock block : chosen) {
            for (PlannedBlock other : chosen) {
                if (other.page() == block.page()) {
                    block.cutAt(other.delta);
                }
            }
        }
        return new RegionPlan(chosen);
    }

    /** Addresses where control may go from a block, as far as they are known. */
    static List<Integer> successors(PlannedBlock block) {
        int end = block.end();
        Insn last = block.last();
        long target = end + last.immediate;
        // Beyond that an address may not be that far from the entry any more.
        boolean near = target == (int) target && Math.abs(target) < FAR;
        return switch (ControlFlow.of(last)) {
            case NONE -> List.of(end);
            case JUMP -> near ? List.of((int) target) : List.of();
            case CONDITIONAL, CALL -> near ? List.of(end, (int) target) : List.of(end);
            case INDIRECT_CALL -> List.of(end);
            case INDIRECT_JUMP, RETURN, OTHER -> List.of();
        };
    }

    private @Nullable PlannedBlock find(Cpu cpu, long base, int delta, int executionsMin) {
        long linear = base + delta;
        Tlb tlb = cpu.tlb();
        int slot = Tlb.slot(linear);
        if (tlb.executeTag[slot] != (linear & MachineMemory.PAGE_MASK)) {
            return null;
        }
        long mfn = tlb.executeFrame(slot);
        Block block =
                codeCache.peek(
                        mfn << MachineMemory.PAGE_SHIFT | (linear & ~MachineMemory.PAGE_MASK));
        if (block == null || block.secondMfn >= 0 || block.executions < executionsMin) {
            return null;
        }
        int count = 0;
        while (count < block.instructions.length && isTranslatable(block.instructions[count])) {
            count++;
        }
        return count == 0 ? null : new PlannedBlock(block, delta, mfn, count);
    }

    private static boolean isTranslatable(Insn insn) {
        Shape shape = insn.shape();
        return shape != null && !shape.row().has("solo");
    }
}
