package dev.vls.control;

import dev.vls.replay.Recording;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** Boots a PV guest, runs it to its end, and writes down what comes from outside. */
@Command(
        name = "record",
        description = "Boot a PV guest, run it to its end, and record what comes from outside.",
        footer = {
            "",
            "Writable disks stay as they are: what the guest writes goes into images",
            "beside the trace. Exit codes: those of vls run."
        })
final class RecordCommand implements Callable<Integer> {
    @Option(
            names = {"-o", "--output"},
            required = true,
            paramLabel = "TRACE",
            description = "The trace; a file of that name is replaced.")
    String trace = "";

    @Option(
            names = "--digest-every",
            paramLabel = "N",
            description = {
                "Instructions between two digests of memory, 0 for none (default: 8 for each",
                "byte of memory, at least 1000000000, and 20 ns of the guest's time for each)."
            })
    @Nullable Long digestEvery;

    @Option(
            names = "--checkpoint-every",
            paramLabel = "ICOUNT",
            description =
                    "Instructions between two checkpoints, at which vls replay --from can start;"
                            + " 0 for none (default: 0).")
    long checkpointEvery;

    @Option(
            names = "--log-disk-data",
            description = "Record what the guest reads from its disks: a replay needs no images.")
    boolean logDiskData;

    @Option(
            names = "--pack",
            description = {
                "Put kernel, ramdisk and what the guest reads from its disks into the trace:",
                "a replay needs no other file."
            })
    boolean pack;

    @Option(
            names = "--check",
            description =
                    "Replay beside the recording, and stop at the first difference: exit code 4.")
    boolean check;

    @Mixin RunOptions options = new RunOptions();
    @ParentCommand @Nullable Vls vls;
    @Spec CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
        options.check(spec);
        if (digestEvery != null && digestEvery < 0) {
            throw new ParameterException(
                    spec.commandLine(), "--digest-every is to be 0 or more instructions");
        }
        if (checkpointEvery < 0) {
            throw new ParameterException(
                    spec.commandLine(), "--checkpoint-every is to be 0 or more instructions");
        }
        return new LiveRun(options, spec.commandLine().getErr(), vls != null && vls.verbose)
                .run(
                        new TraceTarget(
                                trace,
                                digestEvery == null
                                        ? Recording.Options.usual(
                                                options.memory.bytes(), logDiskData || pack)
                                        : Recording.Options.memoryEvery(
                                                digestEvery, logDiskData || pack),
                                checkpointEvery,
                                pack,
                                check));
    }
}
