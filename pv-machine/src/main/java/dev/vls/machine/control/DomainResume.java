package dev.vls.machine.control;

import static dev.vls.machine.memory.MachineMemory.PAGE_SHIFT;

import dev.vls.machine.cpu.Cpu;
import dev.vls.machine.device.Devices;
import dev.vls.machine.domain.BuiltDomain;
import dev.vls.machine.frames.FrameOwner;
import dev.vls.machine.frames.MemoryManager;
import dev.vls.machine.frames.PageType;
import dev.vls.machine.grant.BackendGrants;
import dev.vls.machine.grant.GrantMappings;
import dev.vls.machine.grant.GrantTable;
import dev.vls.machine.hypervisor.Domain;
import dev.vls.machine.hypervisor.Vcpu;
import dev.vls.machine.memory.MachineMemory;
import dev.vls.machine.xenstore.StorePaths;
import dev.vls.xen.abi.arch.ArchSharedInfo;
import dev.vls.xen.abi.grant.ReservedGrant;
import dev.vls.xen.abi.xen.SharedInfo;
import dev.vls.xen.abi.xen.StartInfo;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Lets a domain go on that called SCHEDOP_shutdown with SHUTDOWN_suspend, in place: as if nothing
 * had been ({@code xc_domain_resume_cooperative} of libxenguest), or with the surroundings of a new
 * domain, as a restore would ({@code xg_sr_restore_x86_pv.c}). What a save would fail on is refused
 * here.
 */
final class DomainResume {
    /** What a suspended call returns when it was cancelled. */
    private static final int CANCELLED = 1;

    private static final int RESTORED = 0;

    private final Domain domain;
    private final MemoryManager manager;
    private final MachineMemory memory;
    private final GrantTable grants;
    private final GrantMappings mappings;
    private final Devices devices;

    DomainResume(
            Domain domain,
            MemoryManager manager,
            GrantTable grants,
            GrantMappings mappings,
            Devices devices) {
        this.domain = domain;
        this.manager = manager;
        this.memory = manager.machineMemory();
        this.grants = grants;
        this.mappings = mappings;
        this.devices = devices;
    }

    /** Null, or why it cannot be done; nothing has changed then. */
    @Nullable String resume(ControlCommand.ResumeMode mode) {
        if (!domain.isSuspended()) {
            return "the domain is not suspended";
        }
        return switch (mode) {
            case CANCEL -> cancel();
            case RESTORE -> restore();
        };
    }

    private @Nullable String cancel() {
        domain.vcpu(0).cpu.gpr[Cpu.RAX] = CANCELLED;
        devices.store().toolstack().resume(domain.id());
        domain.resume();
        return null;
    }

    private @Nullable String restore() {
        Vcpu vcpu = domain.vcpu(0);
        long startInfoMfn = vcpu.cpu.gpr[Cpu.RDX];
        if (!isPlainPage(startInfoMfn)) {
            return "vCPU 0 did not say where the guest's start info is";
        }
        long startInfo = startInfoMfn << PAGE_SHIFT;
        long storeMfn = manager.mfnOfPfn(memory.getLong(startInfo + StartInfo.STORE_MFN));
        long consoleMfn = manager.mfnOfPfn(memory.getLong(startInfo + StartInfo.CONSOLE_DOMU_MFN));
        if (!isPlainPage(storeMfn) || !isPlainPage(consoleMfn)) {
            return "the guest's start info does not name the pages of its store and console";
        }
        long oldSharedInfoMfn = domain.sharedInfoMfn();
        if (manager.reservation().isSharedInUse(oldSharedInfoMfn)) {
            return "the guest still maps its shared info page";
        }
        if (grants.isInUse() || grants.isUsedBy(domain.id())) {
            return "the guest still maps its grant table, or a page that it grants to itself";
        }
        long sharedInfoMfn = manager.reservation().allocateShared();
        if (sharedInfoMfn < 0) {
            return "the machine has no frame for a shared info page";
        }
        SortedMap<String, String> settings = settings();
        devices.detach();
        grants.renew();
        mappings.renew();
        domain.renew(sharedInfoMfn);
        manager.reservation().releaseShared(oldSharedInfoMfn);
        connect(startInfo, storeMfn, consoleMfn);
        settings.forEach(devices.store().toolstack()::write);
        vcpu.cpu.gpr[Cpu.RAX] = RESTORED;
        domain.resume();
        return null;
    }

    /** What the operator has changed in the store and {@code xl save} writes into its file. */
    private SortedMap<String, String> settings() {
        String home = StorePaths.ofDomain(domain.id());
        List<String> paths = new ArrayList<>();
        paths.add(home + "/memory/target");
        for (int id = 0; id < domain.vcpuCount(); id++) {
            paths.add(home + "/cpu/" + id + "/availability");
        }
        SortedMap<String, String> settings = new TreeMap<>();
        for (String path : paths) {
            String value = devices.store().toolstack().read(path);
            if (value != null) {
                settings.put(path, value);
            }
        }
        return settings;
    }

    /** A frame of the guest that is no table. */
    private boolean isPlainPage(long mfn) {
        if (!manager.frames().isValid(mfn) || manager.frames().owner(mfn) != FrameOwner.GUEST) {
            return false;
        }
        int type = manager.types().type(mfn);
        return type == PageType.NONE || type == PageType.WRITABLE;
    }

    private void connect(long startInfo, long storeMfn, long consoleMfn) {
        BuiltDomain built =
                new BuiltDomain(
                        storeMfn,
                        domain.events().bindBackend(devices.builderBackends().xenstore()),
                        consoleMfn,
                        domain.events().bindBackend(devices.builderBackends().console()));
        grants.seed(ReservedGrant.RESERVED_CONSOLE, BackendGrants.DOMID, consoleMfn);
        grants.seed(ReservedGrant.RESERVED_XENSTORE, BackendGrants.DOMID, storeMfn);
        long maxPfn = domain.sharedInfoMaddr() + SharedInfo.ARCH + ArchSharedInfo.MAX_PFN;
        memory.setLong(startInfo + StartInfo.NR_PAGES, memory.getLong(maxPfn));
        memory.setLong(startInfo + StartInfo.SHARED_INFO, domain.sharedInfoMaddr());
        memory.setInt(startInfo + StartInfo.FLAGS, 0);
        memory.setLong(startInfo + StartInfo.STORE_MFN, storeMfn);
        memory.setInt(startInfo + StartInfo.STORE_EVTCHN, built.storePort());
        memory.setLong(startInfo + StartInfo.CONSOLE_DOMU_MFN, consoleMfn);
        memory.setInt(startInfo + StartInfo.CONSOLE_DOMU_EVTCHN, built.consolePort());
        devices.reattach(built);
    }
}
