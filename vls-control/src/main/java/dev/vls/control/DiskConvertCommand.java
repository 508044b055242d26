package dev.vls.control;

import dev.vls.machine.image.DiskFormat;
import dev.vls.machine.image.DiskImage;
import dev.vls.machine.image.DiskImages;
import java.nio.ByteBuffer;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Copies a disk into an image of another format. */
@Command(
        name = "convert",
        description = {
            "Copy a disk into a new image; a differencing VHD with all that it stands on.",
            "Names that end in .vhd or .avhd are VHDs, all others raw images."
        })
final class DiskConvertCommand implements Callable<Integer> {
    private static final int CHUNK_SECTORS = 2048;

    @Parameters(index = "0", paramLabel = "FROM", description = "An image.")
    String from = "";

    @Parameters(index = "1", paramLabel = "TO", description = "The new image.")
    String to = "";

    @Option(names = "--fixed", description = "A VHD with all of its space from the start.")
    boolean fixed;

    @Override
    public Integer call() {
        DiskImages images = NewDisk.images();
        try (DiskImage source = images.open(from, DiskFormat.of(from), false)) {
            NewDisk.create(to, source.sectors() * DiskImage.SECTOR_SIZE, fixed);
            try (DiskImage target = images.open(to, DiskFormat.of(to), true)) {
                copy(source, target);
            }
        }
        return ExitCode.DONE;
    }

    private static void copy(DiskImage source, DiskImage target) {
        ByteBuffer zeros = ByteBuffer.allocateDirect(CHUNK_SECTORS * DiskImage.SECTOR_SIZE);
        ByteBuffer data = ByteBuffer.allocateDirect(CHUNK_SECTORS * DiskImage.SECTOR_SIZE);
        long at = 0;
        while (at < source.sectors()) {
            int count = (int) Math.min(CHUNK_SECTORS, source.sectors() - at);
            if (source.zerosFrom(at, count) < count) {
                source.read(at, data.clear().limit(count * DiskImage.SECTOR_SIZE));
                data.flip();
                // The new image is zeros already, and need not have space for them.
                if (!data.equals(zeros.clear().limit(data.limit()))) {
                    target.write(at, data);
                }
            }
            at += count;
        }
    }
}
