package dev.vls.control;

import dev.vls.machine.image.DiskFormat;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Makes a disk image. */
@Command(
        name = "create",
        description = {
            "Make a disk image of zeros, or one that starts out equal to another.",
            "A name that ends in .vhd or .avhd makes a VHD, any other a raw image."
        })
final class DiskCreateCommand implements Callable<Integer> {
    @Parameters(paramLabel = "FILE", description = "The new image.")
    String file = "";

    @Option(
            names = "--size",
            paramLabel = "SIZE",
            converter = ByteSize.Converter.class,
            description = "The disk's size, such as 2G.")
    @Nullable ByteSize size;

    @Option(names = "--fixed", description = "A VHD with all of its space from the start.")
    boolean fixed;

    @Option(
            names = "--parent",
            paramLabel = "VHD",
            description =
                    "A differencing VHD: holds what differs from this one, which must not be"
                            + " written any more.")
    @Nullable String parent;

    @Spec CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
        boolean vhd = DiskFormat.of(file) == DiskFormat.VHD;
        if (!vhd && (fixed || parent != null)) {
            throw usage("--fixed and --parent are for a VHD: name it .vhd or .avhd");
        }
        if (parent != null) {
            if (size != null || fixed) {
                throw usage("a disk with a --parent has its size, and is not --fixed");
            }
            NewDisk.images().createDifferencing(file, parent, NewDisk.origin());
        } else {
            if (size == null) {
                throw usage("--size is missing, or --parent");
            }
            NewDisk.create(file, size.bytes(), fixed);
        }
        return ExitCode.DONE;
    }

    private ParameterException usage(String message) {
        return new ParameterException(spec.commandLine(), message);
    }
}
