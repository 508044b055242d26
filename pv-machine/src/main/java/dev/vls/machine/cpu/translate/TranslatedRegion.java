package dev.vls.machine.cpu.translate;

import dev.vls.machine.cpu.Block;
import dev.vls.machine.cpu.Translation;
import java.util.List;

/**
 * A translation in use, with what it was made from.
 *
 * @param blocks the blocks whose instructions it contains, the entry first
 * @param instructions of the guest in it
 * @param bytes of bytecode in its method
 */
public record TranslatedRegion(
        Translation translation, List<Block> blocks, int instructions, int bytes) {
    /** Why a region is in use no more. */
    public enum End {
        /** Guest memory that it was made from was written. */
        INVALIDATED,
        /** Others needed its place. */
        EVICTED
    }

    /** The machine address of its entry. */
    public long maddr() {
        return blocks.getFirst().maddr;
    }
}
