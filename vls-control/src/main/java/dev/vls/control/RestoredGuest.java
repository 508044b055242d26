package dev.vls.control;

import dev.vls.machine.InputSource;
import dev.vls.machine.Machine;
import dev.vls.machine.OutputSink;
import dev.vls.machine.cpu.translate.Engine;
import dev.vls.machine.hypervisor.HypervisorLog;
import dev.vls.machine.xenstore.DomainDescription;
import dev.vls.replay.GuestDescription;
import dev.vls.replay.snapshot.SnapshotDescription;
import dev.vls.replay.snapshot.SnapshotFiles;
import java.util.List;

/** A guest that was saved to a snapshot, and is to go on among other devices of the host. */
record RestoredGuest(SnapshotFiles files, SnapshotDescription snapshot) {
    /**
     * The guest, which fits what the host has for it.
     *
     * @throws CommandException if it was plugged into networks that can do more than those here
     */
    GuestDescription plugged(RunHost host) {
        List<DomainDescription.Interface> interfaces = snapshot.guest().interfaces();
        for (DomainDescription.Interface network : interfaces) {
            if (network.offloads() && !host.takesOffloads(network.index())) {
                throw new CommandException(
                        ExitCode.USAGE,
                        "--net %d: the guest was plugged into one that takes large packets: name a TAP interface"
                                .formatted(network.index()));
            }
        }
        return snapshot.guest();
    }

    /** Makes its machine, as it was. */
    Machine machine(InputSource inputs, OutputSink outputs, HypervisorLog log, Engine engine) {
        return files.restore(snapshot, inputs, outputs, log, engine);
    }
}
