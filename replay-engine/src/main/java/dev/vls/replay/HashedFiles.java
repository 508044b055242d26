package dev.vls.replay;

import dev.vls.machine.domain.DomainImage.NamedBytes;
import dev.vls.trace.TraceHeader.GuestFile;
import java.lang.foreign.Arena;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * A guest's files, opened once, so that the header of a trace describes the bytes that the guest is
 * built from, however often it is. Their digests are made by another thread meanwhile.
 */
public final class HashedFiles implements GuestFiles {
    private final Hashed kernel;
    private final @Nullable Hashed ramdisk;

    private record Hashed(NamedBytes file, CompletableFuture<String> sha256) {
        static Hashed of(NamedBytes file) {
            return new Hashed(file, CompletableFuture.supplyAsync(() -> Sha256.hex(file.bytes())));
        }

        GuestFile described(String name) {
            return new GuestFile(name, file.bytes().byteSize(), sha256.join(), null);
        }
    }

    /** Files that are hashed, be it already. */
    public static HashedFiles of(GuestFiles files) {
        return files instanceof HashedFiles hashed ? hashed : new HashedFiles(files);
    }

    /** Opens the files; they stay open as long as they are in use. */
    private HashedFiles(GuestFiles files) {
        Arena arena = Arena.ofAuto();
        kernel = Hashed.of(files.kernel(arena));
        NamedBytes found = files.ramdisk(arena);
        ramdisk = found == null ? null : Hashed.of(found);
    }

    @Override
    public NamedBytes kernel(Arena arena) {
        return kernel.file;
    }

    @Override
    public @Nullable NamedBytes ramdisk(Arena arena) {
        return ramdisk == null ? null : ramdisk.file;
    }

    /** The kernel as a header has it. */
    GuestFile describeKernel(String name) {
        return kernel.described(name);
    }

    /** The ramdisk; null if there is none. */
    @Nullable GuestFile describeRamdisk(String name) {
        return ramdisk == null ? null : ramdisk.described(name);
    }
}
