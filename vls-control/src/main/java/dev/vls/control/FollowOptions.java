package dev.vls.control;

import dev.vls.machine.host.disk.HostDisks;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;

/** What a guest that comes from elsewhere has here. */
final class FollowOptions {
    @Option(
            names = "--domain",
            paramLabel = "NAME",
            defaultValue = "",
            description = "The guest that is wanted (default: whichever is led there).")
    String domain = "";

    @Option(
            names = "--disk",
            paramLabel = "F[,ro]",
            converter = DiskOption.class,
            description = {
                "This side's image for each of the guest's disks, of the same size: it becomes",
                "a copy of the leader's unless --shared-disks is given."
            })
    List<HostDisks.Choice> disks = new ArrayList<>();

    @Option(
            names = "--shared-disks",
            description =
                    "The images are the leader's own: opened when it is lost, and not copied.")
    boolean sharedDisks;

    @Mixin EngineOption engine = new EngineOption();
    @Mixin HostOptions host = new HostOptions();
    @Mixin LeadOptions lead = new LeadOptions();

    /**
     * Checks what picocli does not.
     *
     * @throws picocli.CommandLine.ParameterException if an option has a value that it cannot have
     */
    void check(CommandSpec spec) {
        host.check(spec);
        lead.check(spec);
    }
}
