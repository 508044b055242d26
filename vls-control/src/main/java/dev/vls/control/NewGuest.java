package dev.vls.control;

import dev.vls.machine.domain.DomainImage.NamedBytes;
import dev.vls.machine.hypervisor.CpuidFile;
import dev.vls.machine.hypervisor.GuestHandle;
import dev.vls.machine.xenstore.DomainDescription;
import dev.vls.replay.GuestDescription;
import dev.vls.replay.GuestFiles;
import java.io.PrintWriter;
import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** A guest that is to be booted, as a user describes it. */
final class NewGuest {
    private NewGuest() {}

    /** What is built from the options, among what the host has for it. */
    static GuestDescription describe(RunOptions options, RunHost host) {
        boolean virtual = options.clock == RunOptions.ClockSource.VIRTUAL;
        return new GuestDescription(
                options.host.name == null ? "guest" : options.host.name,
                options.kernel,
                options.ramdisk == null ? "" : options.ramdisk,
                options.commandLine,
                options.memory.bytes(),
                options.vcpus,
                cpuidPolicy(options),
                virtual
                        ? GuestDescription.Clock.virtual(options.seed)
                        : GuestDescription.Clock.host(System.currentTimeMillis() / 1000),
                host.disks(),
                interfaces(options, host),
                options.shutdownOptions.actions());
    }

    /** The interfaces, as the guest is to see them. */
    private static List<DomainDescription.Interface> interfaces(RunOptions options, RunHost host) {
        List<DomainDescription.Interface> interfaces = new ArrayList<>();
        for (NetworkTarget network : options.host.networks) {
            int index = interfaces.size();
            interfaces.add(
                    new DomainDescription.Interface(
                            index,
                            network.macOf(GuestHandle.NULL, index),
                            network.bridge(),
                            host.takesOffloads(index)));
        }
        return interfaces;
    }

    private static String cpuidPolicy(RunOptions options) {
        if (options.cpuid == null) {
            return CpuidFile.BASELINE.text();
        }
        try (Arena files = Arena.ofConfined()) {
            byte[] bytes =
                    InputFile.map("CPUID policy", options.cpuid, files)
                            .toArray(ValueLayout.JAVA_BYTE);
            String text = new String(bytes, StandardCharsets.UTF_8);
            return CpuidFile.read(options.cpuid, text).text();
        }
    }

    /** The project's own guests take anything for a ramdisk. */
    static void warnOfRamdisk(RunOptions options, GuestFiles files, PrintWriter errors) {
        try (Arena arena = Arena.ofConfined()) {
            NamedBytes file = files.ramdisk(arena);
            boolean forLinux = !options.kernel.startsWith(BuiltinGuests.PREFIX);
            String complaint =
                    file != null && forLinux ? RamdiskCheck.complaint(file.bytes()) : null;
            if (file != null && complaint != null) {
                errors.println(
                        "vls: %s: %s: Linux will not boot with it, check the file"
                                .formatted(file.name(), complaint));
                errors.flush();
            }
        }
    }
}
