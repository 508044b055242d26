package dev.vls.machine;

import dev.vls.machine.frames.MemoryManager;
import dev.vls.machine.hypercall.HypercallFamily;
import java.util.List;

/** The hypercall families that work on the frame table. */
final class MemoryFamilies {
    private MemoryFamilies() {}

    static List<HypercallFamily> of(MemoryManager manager) {
        return List.of();
    }
}
