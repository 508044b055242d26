package dev.vls.control;

import dev.vls.control.trace.TraceFiles;
import dev.vls.replay.DivergenceException;
import dev.vls.replay.ReplayException;
import dev.vls.replay.ReplayStarts;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** Executes a recorded run again. */
@Command(
        name = "replay",
        description = "Execute a recorded run again, with nothing from outside.",
        footer = {
            "",
            "Exit codes: 0 replayed, however the guest ended, 2 wrong usage, 3 an",
            "unusable trace or a file that is not the recorded one, 4 the replay",
            "differs from the trace, 130 Ctrl-C."
        })
final class ReplayCommand implements Callable<Integer> {
    /** Where the guest's console goes. */
    enum ReplayConsole {
        STDIO,
        NONE
    }

    @Parameters(paramLabel = "TRACE", description = "A trace.")
    String trace = "";

    @Option(
            names = "--to",
            paramLabel = "ICOUNT",
            description = "Stop after so many instructions of all vCPUs together.")
    @Nullable Long to;

    @Option(
            names = "--from",
            paramLabel = "ICOUNT",
            description = "Start at the last checkpoint at or before so many instructions.")
    @Nullable Long from;

    @Option(
            names = "--checkpoint-every",
            paramLabel = "ICOUNT",
            description = {
                "Verify, and make a checkpoint every so many instructions, in TRACE.checkpoints:",
                "--from and what looks for a difference start there. 0 for none (default: 0)."
            })
    long checkpointEvery;

    @Option(
            names = "--console",
            paramLabel = "stdio|none",
            defaultValue = "stdio",
            description = "Where the guest's console goes (default: ${DEFAULT-VALUE}).")
    ReplayConsole console = ReplayConsole.STDIO;

    @Option(
            names = "--verify",
            description =
                    "Compare with every digest in the trace, and end at the first difference.")
    boolean verify;

    @Option(
            names = "--compare",
            paramLabel = "OTHER",
            description = {
                "Execute another trace beside this one, and find the first instruction",
                "after which the two runs differ."
            })
    @Nullable String other;

    @Option(
            names = "--no-locate",
            description =
                    "After a difference, do not look for the instruction: that takes several"
                            + " replays.")
    boolean noLocation;

    @Option(
            names = "--kernel",
            paramLabel = "K",
            description = "Where the kernel is now (default: where it was).")
    @Nullable String kernel;

    @Option(
            names = "--ramdisk",
            paramLabel = "R",
            description = "Where the ramdisk is now (default: where it was).")
    @Nullable String ramdisk;

    @Option(
            names = "--disk",
            paramLabel = "F",
            description =
                    "Where a disk's image is now, in their order; as it was when the recording"
                            + " began. It is not written (default: where they were).")
    List<String> disks = new ArrayList<>();

    @Mixin EngineOption engine = new EngineOption();

    @Option(
            names = "--stats",
            paramLabel = "F",
            description = "Write statistics to F, one JSON object.")
    @Nullable String statistics;

    @Mixin EventOptions eventOptions = new EventOptions();
    @ParentCommand @Nullable Vls vls;
    @Spec CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
        if (to != null && to < 0) {
            throw new ParameterException(spec.commandLine(), "--to is to be 0 or more");
        }
        if (from != null && from < 0) {
            throw new ParameterException(spec.commandLine(), "--from is to be 0 or more");
        }
        if (checkpointEvery < 0 || (checkpointEvery > 0 && other != null)) {
            throw new ParameterException(
                    spec.commandLine(),
                    "--checkpoint-every is to be 0 or more instructions, without --compare");
        }
        return TraceFiles.withFile(
                trace,
                path -> {
                    try (ReplayedTrace reader = ReplayedTrace.open(trace, path, this::remark)) {
                        return other == null ? replay(reader) : compare(reader, other);
                    }
                });
    }

    /** Checkpoints are made of what is known to be the recorded run. */
    boolean isVerifying() {
        return verify || checkpointEvery > 0;
    }

    private int compare(ReplayedTrace reader, String otherTrace) {
        return TraceFiles.withFile(
                otherTrace,
                path -> {
                    try (ReplayedTrace second =
                            ReplayedTrace.open(otherTrace, path, this::remark)) {
                        return compare(reader.starts(), second.starts());
                    }
                });
    }

    private int compare(ReplayStarts first, ReplayStarts second) {
        try {
            boolean equal =
                    new DivergenceReport(this, spec.commandLine().getErr()).compare(first, second);
            if (!equal) {
                throw new CommandException(
                        ExitCode.DIVERGENCE,
                        "%s and %s are different runs".formatted(trace, other));
            }
            return ExitCode.DONE;
        } catch (ReplayException e) {
            throw new CommandException(
                    ExitCode.UNUSABLE_INPUT,
                    "replay of %s and %s: %s".formatted(trace, other, e.getMessage()),
                    e);
        }
    }

    private void remark(String line) {
        PrintWriter errors = spec.commandLine().getErr();
        errors.println("vls: " + line);
        errors.flush();
    }

    private int replay(ReplayedTrace reader) {
        PrintWriter errors = spec.commandLine().getErr();
        try {
            return new ReplayRun(this, reader, errors, vls != null && vls.verbose).run();
        } catch (ReplayException e) {
            throw new CommandException(
                    ExitCode.UNUSABLE_INPUT,
                    "replay of %s: %s".formatted(trace, e.getMessage()),
                    e);
        } catch (DivergenceException e) {
            if (isVerifying() && !noLocation) {
                errors.println("vls: " + e.getMessage());
                new DivergenceReport(this, errors).locate(reader.starts(), e.divergence);
            }
            throw new CommandException(
                    ExitCode.DIVERGENCE, "replay of %s: %s".formatted(trace, e.getMessage()), e);
        }
    }
}
