package dev.vls.machine.hypervisor;

import static dev.vls.machine.memory.MachineMemory.PAGE_SHIFT;

import dev.vls.machine.memory.MachineMemory;
import dev.vls.machine.state.StateFields;
import dev.vls.machine.state.StateSections;
import dev.vls.xen.abi.arch.ArchSharedInfo;
import dev.vls.xen.abi.sched.ShutdownReason;
import dev.vls.xen.abi.xen.SharedInfo;
import dev.vls.xen.abi.xen.VcpuInfo;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The one domain of a machine: its memory, its vCPUs, and what they share. Owned by the machine's
 * thread.
 */
public final class Domain {
    private static final int RUNNING = -1;
    private static final int EVTCHN_BYTES = SharedInfo.EVTCHN_MASK - SharedInfo.EVTCHN_PENDING;

    private final DomainConfiguration configuration;
    private final MachineMemory memory;
    private final MemoryManagement memoryManagement;
    private final CpuidPolicy cpuidPolicy;
    private final HypervisorLog log;
    private final List<Vcpu> vcpus = new ArrayList<>();
    private final EventChannels events;
    private final SystemTime time;
    private final HypervisorConsole console = new HypervisorConsole();
    private @Nullable GuestEvents listener;
    private long sharedInfoMfn;
    private int shutdownReason = RUNNING;
    private int presetReason = RUNNING;
    private boolean paused;

    /** What the guest last wrote to ports 0xcf8 and 0x70, which Xen keeps for it. */
    int pciConfigAddress;

    int cmosIndex;

    /** Pirqs that PHYSDEVOP_get_free_pirq gave away, a bit each; nothing ever happens on them. */
    public long allocatedPirqs;

    /** Frame given with PHYSDEVOP_pirq_eoi_gmfn, 0 for none. */
    public long pirqEoiMfn;

    /** Bits by {@link dev.vls.xen.abi.xen.VmAssistType}. */
    public long vmAssist;

    Domain(
            DomainConfiguration configuration,
            MachineMemory memory,
            MemoryManagement memoryManagement,
            CpuidPolicy cpuidPolicy,
            HypervisorLog log) {
        this.cpuidPolicy = cpuidPolicy;
        this.configuration = configuration;
        this.memory = memory;
        this.memoryManagement = memoryManagement;
        this.log = log;
        this.events = new EventChannels(this);
        this.time = new SystemTime(this);
    }

    void addVcpu(Vcpu vcpu) {
        vcpus.add(vcpu);
    }

    public int id() {
        return configuration.domid();
    }

    public DomainConfiguration configuration() {
        return configuration;
    }

    public MachineMemory memory() {
        return memory;
    }

    public MemoryManagement memoryManagement() {
        return memoryManagement;
    }

    CpuidPolicy cpuidPolicy() {
        return cpuidPolicy;
    }

    public HypervisorLog log() {
        return log;
    }

    /** Who is told what happens between guest and hypervisor; null for nobody, as mostly. */
    public @Nullable GuestEvents listener() {
        return listener;
    }

    public void setListener(@Nullable GuestEvents newListener) {
        listener = newListener;
    }

    public EventChannels events() {
        return events;
    }

    public SystemTime time() {
        return time;
    }

    /** The console that console_io reaches, of use to an initial domain alone. */
    public HypervisorConsole hypervisorConsole() {
        return console;
    }

    /**
     * The base address that loading a data segment register would give.
     *
     * @return 0 for a null selector, -1 if the selector cannot be loaded
     */
    public long segmentBase(Vcpu vcpu, int selector) {
        if ((selector & ~3) == 0) {
            return 0;
        }
        long descriptor = memoryManagement.descriptor(vcpu, selector);
        return SegmentDescriptor.isLoadableData(descriptor)
                ? SegmentDescriptor.base(descriptor)
                : -1;
    }

    /** Whether the guest may name this vCPU. */
    public boolean hasVcpu(int id) {
        return id >= 0 && id < vcpus.size();
    }

    public int vcpuCount() {
        return vcpus.size();
    }

    /**
     * A vCPU by number.
     *
     * @throws IndexOutOfBoundsException if there is none: guest-supplied numbers are checked before
     */
    public Vcpu vcpu(int id) {
        return vcpus.get(id);
    }

    // --- shared info ---

    /** Frame of the shared info page, which the builder chose. */
    public long sharedInfoMfn() {
        return sharedInfoMfn;
    }

    public long sharedInfoMaddr() {
        return sharedInfoMfn << PAGE_SHIFT;
    }

    /** Sets the frame and, in it, the places of the first 32 vCPUs' info. */
    public void setSharedInfo(long mfn) {
        sharedInfoMfn = mfn;
        for (Vcpu vcpu : vcpus) {
            if (vcpu.id < SharedInfo.VCPU_INFO_LENGTH) {
                vcpu.setInfoMaddr(
                        sharedInfoMaddr() + SharedInfo.VCPU_INFO + (long) vcpu.id * VcpuInfo.SIZE);
            }
        }
    }

    // --- pause ---

    /** Whether no vCPU may take a turn (domain_pause_by_systemcontroller). */
    public boolean isPaused() {
        return paused;
    }

    /** Lets no vCPU run, whatever it waits for. */
    public void pause() {
        setPaused(true);
    }

    /** Lets vCPUs run again. */
    public void unpause() {
        setPaused(false);
    }

    private void setPaused(boolean pause) {
        paused = pause;
        changeRunStates();
        requestExit();
    }

    private void changeRunStates() {
        for (Vcpu vcpu : vcpus) {
            RunStates.change(vcpu, RunStates.idleState(vcpu));
        }
    }

    // --- the end ---

    /** Whether the domain has shut down or crashed: no vCPU runs any more. */
    public boolean isShutDown() {
        return shutdownReason != RUNNING;
    }

    /** {@link ShutdownReason}; -1 while the domain runs. */
    public int shutdownReason() {
        return shutdownReason;
    }

    /** Stops the domain; the first reason stays. */
    public void shutdown(int reason) {
        if (isShutDown()) {
            return;
        }
        shutdownReason = presetReason == RUNNING ? reason : presetReason;
        changeRunStates();
        requestExit();
    }

    /** Whether the domain shut down in order to be resumed. */
    public boolean isSuspended() {
        return shutdownReason == ShutdownReason.SUSPEND;
    }

    /** Lets a domain that has shut down run on ({@code domain_resume}). */
    public void resume() {
        shutdownReason = RUNNING;
        presetReason = RUNNING;
        changeRunStates();
    }

    /**
     * Leaves of the domain what its toolstack saves and restores, memory and the contexts of vCPUs
     * that are up, and makes all else as in a new domain (libxenguest, {@code
     * xg_sr_restore_x86_pv.c}). System time goes on: on Xen it is the host's.
     *
     * @param newSharedInfoMfn frame of zeroes for the shared info page
     */
    public void renew(long newSharedInfoMfn) {
        byte[] kept = new byte[SharedInfo.VCPU_INFO_LENGTH * VcpuInfo.SIZE];
        byte[] arch = new byte[ArchSharedInfo.SIZE];
        memory.read(sharedInfoMaddr() + SharedInfo.VCPU_INFO, kept, 0, kept.length);
        memory.read(sharedInfoMaddr() + SharedInfo.ARCH, arch, 0, arch.length);
        events.renew();
        time.renew();
        vcpus.forEach(Vcpu::renew);
        if (pirqEoiMfn != 0) {
            memoryManagement.putWritablePage(pirqEoiMfn);
            pirqEoiMfn = 0;
        }
        allocatedPirqs = 0;
        pciConfigAddress = 0;
        cmosIndex = 0;
        setSharedInfo(newSharedInfoMfn);
        memory.write(sharedInfoMaddr() + SharedInfo.VCPU_INFO, kept, 0, kept.length);
        memory.write(sharedInfoMaddr() + SharedInfo.ARCH, arch, 0, arch.length);
        memory.setLong(
                sharedInfoMaddr() + SharedInfo.ARCH + ArchSharedInfo.PFN_TO_MFN_FRAME_LIST_LIST, 0);
        memory.fill(sharedInfoMaddr() + SharedInfo.EVTCHN_MASK, EVTCHN_BYTES, 0xFF);
        for (int i = 0; i < SharedInfo.VCPU_INFO_LENGTH; i++) {
            long info = sharedInfoMaddr() + SharedInfo.VCPU_INFO + (long) i * VcpuInfo.SIZE;
            memory.setLong(info + VcpuInfo.EVTCHN_PENDING_SEL, 0);
        }
        time.start();
    }

    /** Makes the vCPU that runs return to the machine, which looks at timers and turns anew. */
    public void requestExit() {
        for (Vcpu vcpu : vcpus) {
            vcpu.cpu.requestExit();
        }
    }

    void watchdogFired() {
        if (!isShutDown()) {
            log.line("Watchdog timer fired for domain " + id());
            shutdown(ShutdownReason.WATCHDOG);
        }
    }

    /** SCHEDOP_shutdown_code: the reason to give whatever ends the domain; the first one stays. */
    public void presetShutdownReason(int reason) {
        if (presetReason == RUNNING) {
            presetReason = reason;
        }
    }

    /**
     * Xen's {@code domain_crash}: the guest did what cannot be answered by an error or a fault.
     * Reports the vCPU's state and stops the domain.
     *
     * @param reason one line for the report
     */
    public void crash(Vcpu vcpu, String reason) {
        log.line(reason);
        if (!isShutDown()) {
            CrashReport.write(vcpu, log);
            shutdown(ShutdownReason.CRASH);
        }
    }

    // --- state ---

    /** Everything but memory and what the toolstack fixed. */
    public void state(StateSections sections) {
        sections.section("domain", this::state);
        sections.section("time", time::state);
        for (Vcpu vcpu : vcpus) {
            sections.section("vcpu/" + vcpu.id, vcpu::state);
        }
        sections.section("events", events::state);
        sections.section("hypervisor-console", console::state);
    }

    private void state(StateFields s) {
        long frames = memory.frames();
        sharedInfoMfn = s.int64("sharedInfoMfn", sharedInfoMfn, 0, frames - 1);
        shutdownReason = s.int32("shutdownReason", shutdownReason);
        presetReason = s.int32("presetReason", presetReason);
        paused = s.flag("paused", paused);
        pciConfigAddress = s.int32("pciConfigAddress", pciConfigAddress);
        cmosIndex = s.int32("cmosIndex", cmosIndex);
        allocatedPirqs = s.int64("allocatedPirqs", allocatedPirqs);
        pirqEoiMfn = s.int64("pirqEoiMfn", pirqEoiMfn, 0, frames - 1);
        vmAssist = s.int64("vmAssist", vmAssist);
    }
}
