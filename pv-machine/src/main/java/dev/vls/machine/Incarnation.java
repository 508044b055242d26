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
import dev.vls.machine.grant.GrantMappings;
import dev.vls.machine.grant.GrantTable;
import dev.vls.machine.hypercall.GuestHypercalls;
import dev.vls.machine.hypercall.MemoryHypercalls;
import dev.vls.machine.hypervisor.CpuidPolicy;
import dev.vls.machine.hypervisor.Domain;
import dev.vls.machine.hypervisor.DomainConfiguration;
import dev.vls.machine.hypervisor.Hypervisor;
import dev.vls.machine.hypervisor.HypervisorLog;
import dev.vls.machine.memory.MachineMemory;
import dev.vls.machine.state.StateSections;
import dev.vls.xen.abi.grant.ReservedGrant;
import org.jspecify.annotations.Nullable;

/**
 * One life of a machine's domain, from its builder to its end, and all that is made anew with it.
 */
record Incarnation(
        MemoryManager manager,
        GrantTable grants,
        GrantMappings mappings,
        Hypervisor hypervisor,
        Interpreter interpreter,
        Devices devices,
        DomainControl control) {
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
        MemoryManager manager = new MemoryManager(setup.memory, setup.pages, configuration.vcpus());
        Incarnation built =
                assemble(setup, configuration, manager, new GrantTable(manager, GRANT_FRAMES_MAX));
        if (predecessor != null) {
            built.domain().time().continueFrom(predecessor);
        }
        built.fill(setup, image);
        return built;
    }

    /** A domain of which nothing is there yet but its parts; {@link #state} restores it. */
    static Incarnation toRestore(Setup setup, DomainConfiguration configuration) {
        MemoryManager manager =
                MemoryManager.toRestore(setup.memory, setup.pages, configuration.vcpus());
        return assemble(
                setup, configuration, manager, GrantTable.toRestore(manager, GRANT_FRAMES_MAX));
    }

    private static Incarnation assemble(
            Setup setup,
            DomainConfiguration configuration,
            MemoryManager manager,
            GrantTable grants) {
        MachineMemory memory = setup.memory;
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
        Devices devices =
                new Devices(
                        domain,
                        new BackendGrants(grants, manager),
                        setup.devices,
                        setup.outputs::console,
                        setup.outputs::disk,
                        setup.outputs,
                        setup.log);
        GrantMappings mappings = memoryHypercalls.grantMappings();
        return new Incarnation(
                manager,
                grants,
                mappings,
                hypervisor,
                setup.engine.runLoop(codeCache),
                devices,
                new DomainControl(domain, manager, grants, mappings, devices));
    }

    /** What a toolstack does with a domain that is still empty. */
    private void fill(Setup setup, DomainImage image) {
        BuiltDomain built =
                DomainBuilder.build(image, domain(), manager, devices.builderBackends());
        grants.seed(ReservedGrant.RESERVED_CONSOLE, BackendGrants.DOMID, built.consoleMfn());
        grants.seed(ReservedGrant.RESERVED_XENSTORE, BackendGrants.DOMID, built.storeMfn());
        domain().time().start();
        devices.attach(built, setup.pages * (MachineMemory.PAGE_SIZE >> 10), image.commandLine());
    }

    /** Everything but memory's content, and what of the host executes the guest. */
    void state(StateSections sections) {
        manager.state(sections);
        domain().state(sections);
        grants.state(sections);
        mappings.state(sections);
        devices.state(sections);
    }
}
