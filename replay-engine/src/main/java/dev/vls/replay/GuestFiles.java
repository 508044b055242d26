package dev.vls.replay;

import dev.vls.machine.domain.DomainImage.NamedBytes;
import java.lang.foreign.Arena;
import org.jspecify.annotations.Nullable;

/** The files that a guest is built from; opened each time that it is. */
public interface GuestFiles {
    /** The kernel's bytes, which the arena owns. */
    NamedBytes kernel(Arena arena);

    /** The ramdisk's; null if there is none. */
    @Nullable NamedBytes ramdisk(Arena arena);
}
