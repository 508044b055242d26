package dev.vls.control;

import dev.vls.machine.domain.DomainImage.NamedBytes;
import dev.vls.replay.GuestFiles;
import java.lang.foreign.Arena;
import org.jspecify.annotations.Nullable;

/**
 * The files of a guest, by their names.
 *
 * @param kernel a path, or {@code builtin:NAME}
 * @param ramdisk null for none
 */
record NamedFiles(String kernel, @Nullable String ramdisk) implements GuestFiles {
    @Override
    public NamedBytes kernel(Arena arena) {
        return KernelSource.open(kernel, arena);
    }

    @Override
    public @Nullable NamedBytes ramdisk(Arena arena) {
        return ramdisk == null
                ? null
                : new NamedBytes("ramdisk " + ramdisk, InputFile.map("ramdisk", ramdisk, arena));
    }
}
