package dev.vls.machine;

import dev.vls.machine.control.DomainControl;
import dev.vls.machine.cpu.CodeCache;
import dev.vls.machine.cpu.Interpreter;
import dev.vls.machine.cpu.translate.Engine;
import dev.vls.machine.device.DeviceConfiguration;
import dev.vls.machine.device.Devices;
import dev.vls.machine.domain.BuiltDomain;
import dev.vls.machine.domain.DomainBuilder;
import dev.vls.machine.domain.DomainImage;
import dev.vls.machine.frames.MemoryManager;
import dev.vls.machine.grant.BackendGrants;
import dev.vls.machine.grant.GrantTable;
import dev.vls.machine.hypercall.GuestHypercalls;
import dev.vls.machine.hypercall.MemoryHypercalls;
import dev.vls.machine.hypervisor.CpuidPolicy;
import dev.vls.machine.hypervisor.Domain;
import dev.vls.machine.hypervisor.DomainConfiguration;
import dev.vls.machine.hypervisor.Hypervisor;
import dev.vls.machine.hypervisor.HypervisorLog;
import dev.vls.machine.memory.MachineMemory;
import dev.vls.xen.abi.grant.ReservedGrant;
import org.jspecify.annotations.Nullable;

/**
 * One life of a machine's domain, from its builder to its end, and all that is made anew with it.
 */
record Incarnation(
        Hypervisor hypervisor, Interpreter interpreter, Devices devices, DomainControl control) {
    /** What the toolstack gives a domain. */
    private static final int GRANT_FRAMES_MAX = 32;

    /** What stays from one life to the next. */
    record Setup(
            MachineMemory memory,
            long pages,
            DeviceConfiguration devices,
            CpuidPolicy policy,
            InputSource inputs,
            OutputSink outputs,
            HypervisorLog log,
            Engine engine) {}

    Domain domain() {
        return hypervisor.domain();
    }

    /**
     * Builds a domain in memory that is all zero.
     *
     * @param predecessor whose time and step counts go on; null for the first life
     */
    static Incarnation build(
            Setup setup,
            DomainImage image,
            DomainConfiguration configuration,
            @Nullable Domain predecessor) {
        MachineMemory memory = setup.memory;
        MemoryManager manager = new MemoryManager(memory, setup.pages, configuration.vcpus());
        GrantTable grants = new GrantTable(manager, GRANT_FRAMES_MAX);
        MemoryHypercalls memoryHypercalls = MemoryHypercalls.of(manager, grants, configuration);
        Hypervisor hypervisor =
                Hypervisor.create(
                        configuration,
                        memory,
                        manager,
                        GuestHypercalls.table(setup.log, memoryHypercalls.families()),
                        setup.policy,
                        setup.log);
        Domain domain = hypervisor.domain();
        manager.attach(domain);
        CodeCache codeCache = new CodeCache(memory);
        memory.setObserver(codeCache);
        for (int id = 0; id < domain.vcpuCount(); id++) {
            codeCache.register(domain.vcpu(id).cpu);
        }
        if (predecessor != null) {
            domain.time().continueFrom(predecessor);
        }
        Devices devices =
                new Devices(
                        domain,
                        new BackendGrants(grants, manager),
                        setup.devices,
                        setup.outputs::console,
                        setup.outputs::disk,
                        setup.outputs,
                        setup.log);
        BuiltDomain built = DomainBuilder.build(image, domain, manager, devices.builderBackends());
        grants.seed(ReservedGrant.RESERVED_CONSOLE, BackendGrants.DOMID, built.consoleMfn());
        grants.seed(ReservedGrant.RESERVED_XENSTORE, BackendGrants.DOMID, built.storeMfn());
        domain.time().start();
        devices.attach(built, setup.pages * (MachineMemory.PAGE_SIZE >> 10), image.commandLine());
        return new Incarnation(
                hypervisor,
                setup.engine.runLoop(codeCache),
                devices,
                new DomainControl(
                        domain, manager, grants, memoryHypercalls.grantMappings(), devices));
    }
}
