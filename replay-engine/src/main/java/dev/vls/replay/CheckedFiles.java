package dev.vls.replay;

import dev.vls.machine.domain.DomainImage.NamedBytes;
import dev.vls.trace.TraceHeader;
import dev.vls.trace.TraceHeader.GuestFile;
import java.lang.foreign.Arena;
import org.jspecify.annotations.Nullable;

/** Guest files that must be those of a trace's header whenever they are opened. */
public final class CheckedFiles implements GuestFiles {
    private final GuestFiles files;
    private final TraceHeader header;

    public CheckedFiles(GuestFiles files, TraceHeader header) {
        this.files = files;
        this.header = header;
    }

    /**
     * The kernel.
     *
     * @throws ReplayException if it is another one
     */
    @Override
    public NamedBytes kernel(Arena arena) {
        return checked(files.kernel(arena), header.kernel());
    }

    /**
     * The ramdisk.
     *
     * @throws ReplayException if it is another one
     */
    @Override
    public @Nullable NamedBytes ramdisk(Arena arena) {
        NamedBytes ramdisk = files.ramdisk(arena);
        return ramdisk == null ? null : checked(ramdisk, header.ramdisk());
    }

    private static NamedBytes checked(NamedBytes file, @Nullable GuestFile recorded) {
        if (recorded == null) {
            throw new ReplayException(file.name() + ": the recorded guest has none");
        }
        if (file.bytes().byteSize() != recorded.size()
                || !Sha256.hex(file.bytes()).equals(recorded.sha256())) {
            throw new ReplayException(
                    "%s: is not the file that the guest was recorded with (SHA-256 %s): name that one"
                            .formatted(file.name(), recorded.sha256()));
        }
        return file;
    }
}
