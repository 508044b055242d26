package dev.vls.machine.control;

import dev.vls.machine.device.Devices;
import dev.vls.machine.device.StoreDevice;
import dev.vls.machine.frames.GuestReservation;
import dev.vls.machine.frames.MemoryManager;
import dev.vls.machine.grant.GrantMappings;
import dev.vls.machine.grant.GrantTable;
import dev.vls.machine.hypervisor.Domain;
import dev.vls.machine.hypervisor.Vcpu;
import dev.vls.machine.memory.MachineMemory;
import dev.vls.machine.xenstore.StorePaths;
import dev.vls.machine.xenstore.XenstoreClient;
import dev.vls.machine.xenstore.XenstoreException;
import dev.vls.machine.xenstore.XenstoreView;
import org.jspecify.annotations.Nullable;

/**
 * Carries out {@link ControlCommand}s as {@code xl} of Xen 4.17 does: most of them are a note in
 * the store that the guest watches. Owned by the machine's thread.
 */
public final class DomainControl {
    private static final int KIB_PER_PAGE_SHIFT = MachineMemory.PAGE_SHIFT - 10;

    private final Domain domain;
    private final GuestReservation reservation;
    private final StoreDevice store;
    private final DomainResume resume;

    public DomainControl(
            Domain domain,
            MemoryManager manager,
            GrantTable grants,
            GrantMappings mappings,
            Devices devices) {
        this.domain = domain;
        this.reservation = manager.reservation();
        this.store = devices.store();
        this.resume = new DomainResume(domain, manager, grants, mappings, devices);
    }

    /** The toolstack's view of the store. */
    public XenstoreView toolstack() {
        return store.toolstack();
    }

    /** Frames that the guest has now. */
    public long guestPages() {
        return reservation.pages();
    }

    /**
     * Carries out a command right here.
     *
     * @param current the vCPU that has the turn, for a crash report
     * @return null if it was done, else why nothing was, for the operator
     */
    public @Nullable String apply(ControlCommand command, Vcpu current) {
        return switch (command) {
            case ControlCommand.Pause pause -> pause();
            case ControlCommand.Unpause unpause -> unpause();
            case ControlCommand.Crash crash -> {
                domain.crash(
                        current, "Domain %d is crashed by its operator".formatted(domain.id()));
                yield null;
            }
            case ControlCommand.Nmi nmi -> sendNmi(nmi.vcpu());
            case ControlCommand.Resume how -> resume.resume(how.mode());
            default -> {
                if (domain.configuration().initialDomain()) {
                    yield "an initial domain has no toolstack above it";
                }
                String refusal = applyToStore(command);
                store.serve();
                yield refusal;
            }
        };
    }

    private @Nullable String pause() {
        if (domain.isPaused()) {
            return "the domain is paused";
        }
        domain.pause();
        return null;
    }

    private @Nullable String unpause() {
        if (!domain.isPaused()) {
            return "the domain is not paused";
        }
        domain.unpause();
        return null;
    }

    private @Nullable String sendNmi(int id) {
        if (!domain.hasVcpu(id)) {
            return "the domain has no vCPU " + id;
        }
        domain.vcpu(id).sendNmi();
        return null;
    }

    // --- the store ---

    private @Nullable String applyToStore(ControlCommand command) {
        XenstoreClient toolstack = store.toolstack();
        try {
            switch (command) {
                case ControlCommand.Shutdown shutdown ->
                        toolstack.write(home() + "/control/shutdown", shutdown.request().word());
                case ControlCommand.Sysrq sysrq ->
                        toolstack.write(home() + "/control/sysrq", String.valueOf(sysrq.key()));
                case ControlCommand.StoreWrite write ->
                        toolstack.write(write.path(), write.value());
                case ControlCommand.StoreRemove remove -> toolstack.remove(remove.path());
                case ControlCommand.Balloon balloon -> {
                    return setMemoryTarget(toolstack, balloon.targetKib());
                }
                case ControlCommand.Vcpus vcpus -> {
                    return setVcpus(toolstack, vcpus.online());
                }
                default -> throw new IllegalArgumentException(command.name());
            }
            return null;
        } catch (XenstoreException refused) {
            return refused.getMessage();
        }
    }

    private String home() {
        return StorePaths.ofDomain(domain.id());
    }

    /**
     * {@code libxl_set_memory_target} as {@code xl mem-set} calls it: the domain may not have more
     * than its target from now on, and what it has beyond stays until its balloon takes it.
     */
    private @Nullable String setMemoryTarget(XenstoreClient toolstack, long kib) {
        String staticMax = toolstack.read(home() + "/memory/static-max");
        if (staticMax == null || !staticMax.matches("[0-9]{1,18}")) {
            return "the store does not say how much memory the domain may have";
        }
        if (kib > Long.parseLong(staticMax)) {
            return "the target of %d KiB is more than the domain's maximum of %s KiB"
                    .formatted(kib, staticMax);
        }
        String vm = toolstack.read(home() + "/vm");
        toolstack.transact(
                view -> {
                    view.write(home() + "/memory/target", Long.toString(kib));
                    view.write(vm + "/memory", Long.toString(kib >> 10));
                });
        reservation.setPagesMax((kib >> KIB_PER_PAGE_SHIFT) + MemoryManager.EXTRA_PAGES);
        return null;
    }

    /** {@code libxl__set_vcpuonline_xenstore}. */
    private @Nullable String setVcpus(XenstoreClient toolstack, int online) {
        if (online > domain.vcpuCount()) {
            return "the domain has %d vCPUs at most".formatted(domain.vcpuCount());
        }
        toolstack.transact(
                view -> {
                    for (int id = 0; id < domain.vcpuCount(); id++) {
                        view.write(
                                home() + "/cpu/" + id + "/availability",
                                id < online ? "online" : "offline");
                    }
                });
        return null;
    }
}
