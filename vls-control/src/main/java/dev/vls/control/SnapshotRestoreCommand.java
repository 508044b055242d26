package dev.vls.control;

import dev.vls.replay.GuestDescription;
import dev.vls.replay.snapshot.SnapshotDescription;
import dev.vls.replay.snapshot.SnapshotException;
import dev.vls.replay.snapshot.SnapshotFiles;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** Lets a guest go on where it was saved. */
@Command(
        name = "restore",
        description = {
            "Let a guest go on where it was saved, and run it to its end.",
            "What it writes to its disks goes into new differencing images in DIR:",
            "the snapshot stays as it is."
        },
        footer = {"", "Exit codes: those of vls run; 3 for a snapshot that cannot be used."})
final class SnapshotRestoreCommand implements Callable<Integer> {
    @Parameters(paramLabel = "DIR", description = "A snapshot's directory.")
    String directory = "";

    @Mixin HostOptions host = new HostOptions();

    @Mixin EngineOption engine = new EngineOption();

    @ParentCommand @Nullable SnapshotCommand snapshots;
    @Spec CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
        host.check(spec);
        try {
            SnapshotFiles files = new SnapshotFiles(Path.of(directory));
            SnapshotDescription snapshot = files.read();
            int interfaces = snapshot.guest().interfaces().size();
            if (host.networks.size() != interfaces) {
                throw new ParameterException(
                        spec.commandLine(),
                        "the guest has %d network interfaces: give as many --net"
                                .formatted(interfaces));
            }
            SnapshotDisks.check(files, snapshot, false);
            RunOptions options = options(snapshot.guest());
            options.disks = SnapshotDisks.open(Path.of(directory), files, snapshot);
            return run(options, new RestoredGuest(files, snapshot));
        } catch (SnapshotException e) {
            throw SnapshotDisks.unusable(e);
        }
    }

    private int run(RunOptions options, RestoredGuest guest) {
        try {
            return new LiveRun(options, guest, spec.commandLine().getErr(), false).run(null);
        } catch (SnapshotException e) {
            // The guest never ran: nothing is in its images.
            SnapshotDisks.discard(options.disks);
            throw e;
        }
    }

    /** Those of the run that was saved, and those given here. */
    private RunOptions options(GuestDescription guest) {
        RunOptions options = new RunOptions();
        options.kernel = guest.kernel();
        options.ramdisk = guest.ramdisk().isEmpty() ? null : guest.ramdisk();
        options.commandLine = guest.commandLine();
        options.memory = new ByteSize(guest.memoryBytes());
        options.vcpus = guest.vcpus();
        options.clock =
                guest.clock().virtual()
                        ? RunOptions.ClockSource.VIRTUAL
                        : RunOptions.ClockSource.HOST;
        options.seed = guest.clock().seed();
        options.host = host;
        options.engine =
                engine.choice == EngineChoice.TRANSLATOR
                        ? LiveEngine.TRANSLATOR
                        : LiveEngine.INTERPRETER;
        options.shutdownOptions.onPoweroff = guest.actions().onPoweroff();
        options.shutdownOptions.onReboot = guest.actions().onReboot();
        options.shutdownOptions.onWatchdog = guest.actions().onWatchdog();
        options.shutdownOptions.onCrash = guest.actions().onCrash();
        return options;
    }
}
