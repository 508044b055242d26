package dev.vls.machine;

import dev.vls.machine.control.DomainControl;
import dev.vls.machine.cpu.Cpu;
import dev.vls.machine.cpu.Interpreter;
import dev.vls.machine.cpu.translate.Engine;
import dev.vls.machine.device.DeviceConfiguration;
import dev.vls.machine.device.Devices;
import dev.vls.machine.device.block.DiskRequest;
import dev.vls.machine.domain.DomainImage;
import dev.vls.machine.frames.MemoryManager;
import dev.vls.machine.hypervisor.CpuidPolicy;
import dev.vls.machine.hypervisor.Domain;
import dev.vls.machine.hypervisor.DomainConfiguration;
import dev.vls.machine.hypervisor.Hypervisor;
import dev.vls.machine.hypervisor.HypervisorLog;
import dev.vls.machine.hypervisor.RunStates;
import dev.vls.machine.hypervisor.Vcpu;
import dev.vls.machine.memory.MachineMemory;
import dev.vls.machine.state.StateReader;
import dev.vls.machine.state.StateSections;
import dev.vls.machine.state.StateWriter;
import dev.vls.machine.xenstore.StoredNode;
import dev.vls.machine.xenstore.XenstoreServer;
import dev.vls.machine.xenstore.XenstoreView;
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

    private final Incarnation.Setup setup;
    private final InputSource inputs;
    private final OutputSink outputs;
    private volatile boolean stopRequested;
    private @Nullable MachineListener listener;

    // Of the present life.
    private Incarnation life;
    private Hypervisor hypervisor;
    private Domain domain;
    private Interpreter interpreter;
    private Devices devices;
    private DomainControl control;

    /** The vCPU that has the turn, and the count at which its turn ends. */
    private Vcpu current;

    private long turnEnd;

    /** How long the last saved state was: the next one will be about the same. */
    private int savedBytes;

    private Machine(Incarnation.Setup setup, Incarnation first) {
        this.setup = setup;
        this.inputs = setup.inputs();
        this.outputs = setup.outputs();
        this.life = first;
        this.hypervisor = first.hypervisor();
        this.domain = first.domain();
        this.interpreter = first.interpreter();
        this.devices = first.devices();
        this.control = first.control();
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
        return boot(
                image,
                pages,
                configuration,
                deviceConfiguration,
                policy,
                inputs,
                outputs,
                log,
                Engine.INTERPRETER);
    }

    /** The same with a choice of what executes the guest's code. */
    public static Machine boot(
            DomainImage image,
            long pages,
            DomainConfiguration configuration,
            DeviceConfiguration deviceConfiguration,
            CpuidPolicy policy,
            InputSource inputs,
            OutputSink outputs,
            HypervisorLog log,
            Engine engine) {
        MachineMemory memory = MachineMemory.allocate(MemoryManager.machineBytes(pages));
        try {
            Incarnation.Setup setup =
                    new Incarnation.Setup(
                            memory,
                            pages,
                            deviceConfiguration,
                            policy,
                            inputs,
                            outputs,
                            log,
                            engine);
            return new Machine(setup, Incarnation.build(setup, image, configuration, null));
        } catch (RuntimeException | Error e) {
            memory.close();
            throw e;
        }
    }

    /**
     * Destroys the domain and boots a new one in its place: all memory is zeroed and built anew,
     * the domain's number is the next one. System time and the step counts of the vCPUs go on, so
     * that a place names one state in all lives of the machine.
     *
     * @param image laid out for as many pages as that which was booted
     * @throws dev.vls.machine.domain.KernelImageException if the kernel's wishes cannot be met; the
     *     machine can only be closed then
     */
    public void restart(DomainImage image) {
        devices.stop();
        setup.memory().reset();
        Incarnation next =
                Incarnation.build(setup, image, domain.configuration().successor(), domain);
        next.devices().replace(devices);
        life = next;
        hypervisor = next.hypervisor();
        domain = next.domain();
        domain.setListener(listener);
        interpreter = next.interpreter();
        devices = next.devices();
        control = next.control();
        current = domain.vcpu(0);
        turnEnd = 0;
    }

    public Domain domain() {
        return domain;
    }

    /**
     * Tells somebody from now on what happens, in this life and those that follow.
     *
     * @param newListener null for nobody
     */
    public void observe(@Nullable MachineListener newListener) {
        listener = newListener;
        domain.setListener(newListener);
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

    /** Of all steps since the domain was built, those that ran in translations. */
    public long translatedSteps() {
        return interpreter.translatedSteps();
    }

    /** Steps that all vCPUs have taken. */
    public long totalSteps() {
        return domain.time().totalSteps();
    }

    /** The vCPU that has the turn, or had it last: inputs come at its count. */
    public int currentVcpu() {
        return current.id;
    }

    /**
     * Runs until the domain ends, somebody {@linkplain #requestStop() stops} the machine, or all
     * vCPUs together have taken so many steps; can be called again unless the domain has ended. A
     * domain that is suspended has ended unless {@link InputSource#poll} gives a command to resume
     * it.
     *
     * <p>A machine that stops has done all that comes before the next step or the next wait: it has
     * delivered what was pending, has asked for inputs, and was given none more for this place.
     * When it goes on it asks there again.
     *
     * @param stepLimit total steps since the machine was made
     */
    public MachineExit run(long stepLimit) {
        while (!domain.isShutDown() || isResumed()) {
            Vcpu running = goesOn() ? current : nextTurn();
            if (running != null && !prepare(running)) {
                continue;
            }
            if (stopRequested) {
                stopRequested = false;
                return MachineExit.STOPPED;
            }
            if (totalSteps() >= stepLimit) {
                return MachineExit.STEP_LIMIT;
            }
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
        turnEnd = 0;
        finishRequests();
        while (domain.isSuspended()) {
            Input input = poll(current);
            if (input == null) {
                return false;
            }
            apply(input);
            domain.time().expireTimers();
            if (domain.isShutDown()) {
                finishRequests();
            }
        }
        return !domain.isShutDown();
    }

    private void finishRequests() {
        devices.hurry();
        devices.store().domainShutDown();
    }

    /**
     * Waits, while the domain has shut down, for an input, and applies it: a command to {@linkplain
     * #run go on} may be among them.
     *
     * @return false if there will be none, or the machine is to stop
     */
    public boolean awaitInput() {
        return !stopRequested && idle() && !stopRequested;
    }

    private boolean goesOn() {
        return current.runnable()
                && !current.yielded
                && current.cpu.instructionCount < turnEnd
                && !domain.isShutDown();
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

    /**
     * Does what comes before the next step of the vCPU with the turn: lets timers expire that are
     * due, delivers what is pending, asks for an input; and again after each input. When there is
     * none nothing is left to do: however often the machine comes back to this place before that
     * step, it is in the same state.
     *
     * @return false if the vCPU has the turn no more
     */
    private boolean prepare(Vcpu vcpu) {
        boolean disturbed = expireDueTimers();
        while (goesOn()) {
            if (disturbed) {
                hypervisor.enterGuest(vcpu);
                if (!goesOn()) {
                    return false;
                }
            }
            Input input = poll(vcpu);
            if (input == null) {
                return true;
            }
            apply(input);
            expireDueTimers();
            disturbed = true;
        }
        return false;
    }

    private boolean expireDueTimers() {
        boolean due = domain.time().nextDeadline() <= domain.time().now();
        if (due) {
            domain.time().expireTimers();
        }
        return due;
    }

    /** Runs the vCPU with the turn to where something may have to be done about it. */
    private void slice(Vcpu vcpu, long stepLimit) {
        Cpu cpu = vcpu.cpu;
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

    private @Nullable Input poll(Vcpu vcpu) {
        return inputs.poll(vcpu.id, vcpu.cpu.instructionCount, domain.time().now());
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
        MachineListener observer = listener;
        if (observer != null) {
            observer.input(current, input);
        }
        switch (input) {
            case Input.Clock clock -> domain.time().advance(clock.nanoseconds());
            case Input.ConsoleIn typed -> devices.consoleInput(typed.bytes());
            case Input.NetRx frame ->
                    devices.network(frame.device()).receive(frame.frame(), frame.offload());
            case Input.NetCarrier carrier ->
                    devices.network(carrier.device()).setCarrier(carrier.up());
            case Input.BlockDone done ->
                    devices.blockDone(done.device(), done.request(), done.status());
            case Input.Control operator ->
                    outputs.controlDone(
                            operator.command(), control.apply(operator.command(), current));
        }
    }

    // --- state ---

    /**
     * The machine's whole state but for the content of its memory, which is {@code
     * domain().memory()}. For the machine's thread while {@link #run} does not run: after it has
     * returned {@link MachineExit#STOPPED} or {@link MachineExit#STEP_LIMIT}, or has not been
     * called. Saving changes nothing.
     *
     * @return docs/spec/state-format.md; equal states give equal bytes
     */
    public byte[] save() {
        StateWriter writer = new StateWriter(savedBytes);
        new SavedMachine.Header(
                        setup.pages(), domain.configuration(), setup.devices(), setup.policy())
                .state(writer);
        state(writer);
        byte[] bytes = writer.toBytes();
        savedBytes = bytes.length;
        return bytes;
    }

    private void state(StateSections sections) {
        life.state(sections);
        sections.section(
                "turns",
                s -> {
                    current =
                            domain.vcpu(s.int32("current", current.id, 0, domain.vcpuCount() - 1));
                    turnEnd = s.int64("turnEnd", turnEnd);
                });
    }

    /**
     * A machine as it was saved; it goes on where it was. {@link SavedMachine#restore} is the way
     * here.
     */
    static Machine restore(
            Incarnation.Setup setup, DomainConfiguration configuration, StateReader reader) {
        Machine machine = new Machine(setup, Incarnation.toRestore(setup, configuration));
        machine.state(reader);
        reader.end();
        return machine;
    }

    /**
     * All disk requests that the host has not answered. For a machine that was restored they are to
     * be done once more, in this order, and each to be answered by a BLOCK_DONE.
     */
    public List<DiskRequest> unansweredDiskRequests() {
        return devices.unanswered();
    }

    /** Makes the next write to any frame visible to those who flagged it; not while it runs. */
    public void writeProtectAll() {
        for (int id = 0; id < domain.vcpuCount(); id++) {
            domain.vcpu(id).cpu.writeProtectAll();
        }
    }

    /** Bytes of frames that an interface was given and the guest has not taken yet. */
    public int outsideBytes(int networkDevice) {
        return devices.network(networkDevice).outsideBytes();
    }

    /** Gives the memory back to the host. */
    @Override
    public void close() {
        setup.memory().close();
    }
}
