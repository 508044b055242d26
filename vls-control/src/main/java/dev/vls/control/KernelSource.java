package dev.vls.control;

import dev.vls.machine.domain.DomainImage.NamedBytes;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** The kernel that the user named: a file, or {@code builtin:NAME}. */
final class KernelSource {
    private KernelSource() {}

    /**
     * Opens it.
     *
     * @throws CommandException if there is no such kernel
     */
    static NamedBytes open(String name, Arena arena) {
        if (name.startsWith(BuiltinGuests.PREFIX)) {
            byte[] bytes = BuiltinGuests.load(name.substring(BuiltinGuests.PREFIX.length()));
            return new NamedBytes("kernel " + name, MemorySegment.ofArray(bytes));
        }
        return new NamedBytes("kernel " + name, InputFile.map("kernel", name, arena));
    }
}
