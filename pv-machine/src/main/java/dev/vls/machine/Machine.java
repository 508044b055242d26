package dev.vls.machine;

import dev.vls.machine.control.DomainControl;
import dev.vls.machine.cpu.CodeCache;
import dev.vls.machine.cpu.Cpu;
import dev.vls.machine.cpu.Interpreter;
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
import dev.vls.machine.hypervisor.RunStates;
import dev.vls.machine.hypervisor.Vcpu;
import dev.vls.machine.memory.MachineMemory;
import dev.vls.machine.xenstore.StoredNode;
import dev.vls.machine.xenstore.XenstoreServer;
import dev.vls.machine.xenstore.XenstoreView;
import dev.vls.xen.abi.grant.ReservedGrant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The embedded machine: one domain whose vCPUs take turns on the calling thread. State is a
 * function of the domain's files and of the inputs with their places alone; where the input source
 * makes the machine stop without an input to give leaves no trace in it.
 */
public final class Machine implements AutoCloseable {
    /**
     * Steps of a turn while other vCPUs wait. A turn is never longer, and shorter only if given up.
     */
    public static final long TURN_STEPS = 50_000;

    /** What the toolstack gives a domain. */
    private static final int GRANT_FRAMES_MAX = 32;

    private final MachineMemory memory;
    private final Hypervisor hypervisor;
    private final Domain domain;
    private final Interpreter interpreter;
    private final InputSource inputs;
    private final Devices devices;
    private final OutputSink outputs;
    private final DomainControl control;
    private volatile boolean stopRequested;

    /** The vCPU that has the turn, and the count at which its turn ends. */
    private Vcpu current;

    private long turnEnd;

    private Machine(
            MachineMemory memory,
            Hypervisor hypervisor,
            Interpreter interpreter,
            Devices devices,
            InputSource inputs,
            OutputSink outputs,
            DomainControl control) {
        this.memory = memory;
        this.hypervisor = hypervisor;
        this.domain = hypervisor.domain();
        this.interpreter = interpreter;
        this.devices = devices;
        this.inputs = inputs;
        this.outputs = outputs;
        this.control = control;
        this.current = domain.vcpu(0);
    }

    /**
     * Makes a machine and boots a domain in it, up to before its first instruction.
     *
     * @param pages the domain's memory, as the image was laid out for
     * @param deviceConfiguration what the domain is given besides
     * @throws dev.vls.machine.memory.HostMemoryException if the host has not that much memory
     * @throws dev.vls.machine.domain.KernelImageException if the kernel's wishes cannot be met
     */
    public static Machine boot(
            DomainImage image,
            long pages,
            DomainConfiguration configuration,
            DeviceConfiguration deviceConfiguration,
            CpuidPolicy policy,
            InputSource inputs,
            OutputSink outputs,
            HypervisorLog log) {
        MachineMemory memory = MachineMemory.allocate(MemoryManager.machineBytes(pages));
        try {
            return boot(
                    memory,
                    image,
                    pages,
                    configuration,
                    deviceConfiguration,
                    policy,
                    inputs,
                    outputs,
                    log);
        } catch (RuntimeException | Error e) {
            memory.close();
            throw e;
        }
    }

    private static Machine boot(
            MachineMemory memory,
            DomainImage image,
            long pages,
            DomainConfiguration configuration,
            DeviceConfiguration deviceConfiguration,
            CpuidPolicy policy,
            InputSource inputs,
            OutputSink outputs,
            HypervisorLog log) {
        MemoryManager manager = new MemoryManager(memory, pages, configuration.vcpus());
        GrantTable grants = new GrantTable(manager, GRANT_FRAMES_MAX);
        MemoryHypercalls memoryHypercalls = MemoryHypercalls.of(manager, grants, configuration);
        Hypervisor hypervisor =
                Hypervisor.create(
                        configuration,
                        memory,
                        manager,
                        GuestHypercalls.table(log, memoryHypercalls.families()),
                        policy,
                        log);
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
                        deviceConfiguration,
                        outputs::console,
                        outputs,
                        log);
        BuiltDomain built = DomainBuilder.build(image, domain, manager, devices.builderBackends());
        grants.seed(ReservedGrant.RESERVED_CONSOLE, BackendGrants.DOMID, built.consoleMfn());
        grants.seed(ReservedGrant.RESERVED_XENSTORE, BackendGrants.DOMID, built.storeMfn());
        domain.time().start();
        devices.attach(built, pages * (MachineMemory.PAGE_SIZE >> 10), image.commandLine());
        return new Machine(
                memory,
                hypervisor,
                new Interpreter(codeCache),
                devices,
                inputs,
                outputs,
                new DomainControl(
                        domain, manager, grants, memoryHypercalls.grantMappings(), devices));
    }

    public Domain domain() {
        return domain;
    }

    /** The toolstack's view of the domain's store; for the machine's thread, to look. */
    public XenstoreView toolstack() {
        return control.toolstack();
    }

    /** Frames that the guest has now; for the machine's thread, as are those that follow. */
    public long guestPages() {
        return control.guestPages();
    }

    /** Bytes typed at the console that the guest has no room for yet. */
    public int consoleBacklog() {
        return devices.consoleBacklog();
    }

    /** A node of the store and all below it; see {@link XenstoreServer#nodes}. */
    public List<StoredNode> storeNodes(String root) {
        return devices.store().nodes(root);
    }

    /** Makes {@link #run} return soon; may be called from any thread. */
    public void requestStop() {
        stopRequested = true;
    }

    /** Steps that all vCPUs have taken. */
    public long totalSteps() {
        return domain.time().totalSteps();
    }

    /**
     * Runs until the domain ends, somebody {@linkplain #requestStop() stops} the machine, or all
     * vCPUs together have taken so many steps; can be called again unless the domain has ended. A
     * domain that is suspended has ended unless {@link InputSource#poll} gives a command to resume
     * it.
     *
     * @param stepLimit total steps since the machine was made
     */
    public MachineExit run(long stepLimit) {
        while (!domain.isShutDown() || isResumed()) {
            if (stopRequested) {
                stopRequested = false;
                return MachineExit.STOPPED;
            }
            if (totalSteps() >= stepLimit) {
                return MachineExit.STEP_LIMIT;
            }
            Vcpu running = goesOn() ? current : nextTurn();
            if (running != null) {
                slice(running, stepLimit);
            } else if (!idle()) {
                return MachineExit.IDLE_FOREVER;
            }
        }
        return MachineExit.SHUTDOWN;
    }

    /**
     * The domain has shut down: what it asked its devices for before is done. One that is suspended
     * takes no step, but inputs, of which one may let it go on.
     */
    private boolean isResumed() {
        devices.hurry();
        devices.store().domainShutDown();
        if (!domain.isSuspended()) {
            return false;
        }
        applyInputs(current);
        turnEnd = 0;
        return !domain.isShutDown();
    }

    private boolean goesOn() {
        return current.runnable() && !current.yielded && current.cpu.instructionCount < turnEnd;
    }

    /** Gives the turn to the next vCPU in the round that can run; null if none can. */
    private @Nullable Vcpu nextTurn() {
        RunStates.change(current, RunStates.idleState(current));
        if (current.yielded || current.blocked) {
            devices.hurry();
        }
        current.yielded = false;
        turnEnd = 0;
        for (int i = 1; i <= domain.vcpuCount(); i++) {
            Vcpu candidate = domain.vcpu((current.id + i) % domain.vcpuCount());
            if (candidate.runnable()) {
                current = candidate;
                turnEnd = candidate.cpu.instructionCount + TURN_STEPS;
                hypervisor.enterGuest(candidate);
                return candidate;
            }
        }
        return null;
    }

    /** Runs the vCPU with the turn to where something may have to be done about it. */
    private void slice(Vcpu vcpu, long stepLimit) {
        Cpu cpu = vcpu.cpu;
        boolean disturbed = applyInputs(vcpu);
        if (domain.time().nextDeadline() <= domain.time().now()) {
            domain.time().expireTimers();
            disturbed = true;
        }
        if (disturbed) {
            if (!goesOn()) {
                return;
            }
            hypervisor.enterGuest(vcpu);
        }
        long count = cpu.instructionCount;
        long limit = Math.min(turnEnd, inputs.runLimit(vcpu.id, count));
        limit = Math.min(limit, saturatedSum(count, stepLimit - totalSteps()));
        long untilDeadline = domain.time().stepsUntil(domain.time().nextDeadline());
        limit = Math.min(limit, saturatedSum(count, Math.max(untilDeadline, 1)));
        interpreter.run(cpu, limit);
    }

    private static long saturatedSum(long count, long steps) {
        return steps > Long.MAX_VALUE - count ? Long.MAX_VALUE : count + steps;
    }

    private boolean applyInputs(Vcpu vcpu) {
        boolean any = false;
        while (true) {
            Input input = inputs.poll(vcpu.id, vcpu.cpu.instructionCount, domain.time().now());
            if (input == null) {
                return any;
            }
            apply(input);
            any = true;
        }
    }

    /** Waits for the input or timer that lets a vCPU run; false if there is none to come. */
    private boolean idle() {
        Input input =
                inputs.await(
                        current.id,
                        current.cpu.instructionCount,
                        domain.time().now(),
                        domain.time().nextDeadline());
        if (input == null) {
            return stopRequested;
        }
        apply(input);
        domain.time().expireTimers();
        return true;
    }

    private void apply(Input input) {
        switch (input) {
            case Input.Clock clock -> domain.time().advance(clock.nanoseconds());
            case Input.ConsoleIn typed -> devices.consoleInput(typed.bytes());
            case Input.NetRx frame ->
                    devices.network(frame.device()).receive(frame.frame(), frame.offload());
            case Input.NetCarrier carrier ->
                    devices.network(carrier.device()).setCarrier(carrier.up());
            case Input.BlockDone done ->
                    throw new IllegalStateException("no block device " + done.device());
            case Input.Control operator ->
                    outputs.controlDone(
                            operator.command(), control.apply(operator.command(), current));
        }
    }

    /** Gives the memory back to the host. */
    @Override
    public void close() {
        memory.close();
    }
}
