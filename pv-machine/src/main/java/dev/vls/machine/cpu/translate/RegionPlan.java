package dev.vls.machine.cpu.translate;

import dev.vls.machine.cpu.Block;
import dev.vls.machine.cpu.Translation;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What a translation will contain. Made on the machine's thread, read by the compiler's. */
final class RegionPlan {
    final List<PlannedBlock> blocks;
    private final Map<Integer, PlannedBlock> byDelta = new TreeMap<>();

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
        return RegionEntries.of(this);
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
