package dev.vls.replay;

import dev.vls.machine.domain.DomainImage.NamedBytes;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/** One of the project's own guests. */
public record ResourceGuest(String name) implements GuestFiles {
    @Override
    public NamedBytes kernel(Arena arena) {
        try (InputStream file =
                GuestFiles.class.getResourceAsStream("/dev/vls/machine/guests/" + name + ".elf")) {
            if (file == null) {
                throw new IllegalArgumentException("no guest " + name);
            }
            return new NamedBytes(name, MemorySegment.ofArray(file.readAllBytes()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public @Nullable NamedBytes ramdisk(Arena arena) {
        return null;
    }
}
