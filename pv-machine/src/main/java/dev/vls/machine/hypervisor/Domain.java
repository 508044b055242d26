package dev.vls.machine.hypervisor;

import static dev.vls.machine.memory.MachineMemory.PAGE_SHIFT;

import dev.vls.machine.memory.MachineMemory;
import dev.vls.xen.abi.sched.ShutdownReason;
import dev.vls.xen.abi.xen.SharedInfo;
import dev.vls.xen.abi.xen.VcpuInfo;
import java.util.ArrayList;
import java.util.List;

/**
 * The one domain of a machine: its memory, its vCPUs, and what they share. Owned by the machine's
 * thread.
 */
public final class Domain {
    private static final int RUNNING = -1;

    private final DomainConfiguration configuration;
    private final MachineMemory memory;
    private final MemoryManagement memoryManagement;
    private final HypervisorLog log;
    private final List<Vcpu> vcpus = new ArrayList<>();
    private long sharedInfoMfn;
    private int shutdownReason = RUNNING;

    /** Bits by {@link dev.vls.xen.abi.xen.VmAssistType}. */
    public long vmAssist;

    Domain(
            DomainConfiguration configuration,
            MachineMemory memory,
            MemoryManagement memoryManagement,
            HypervisorLog log) {
        this.configuration = configuration;
        this.memory = memory;
        this.memoryManagement = memoryManagement;
        this.log = log;
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

    public HypervisorLog log() {
        return log;
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
        if (shutdownReason == RUNNING) {
            shutdownReason = reason;
        }
        for (Vcpu vcpu : vcpus) {
            vcpu.cpu.requestExit();
        }
    }

    /**
     * Xen's {@code domain_crash}: the guest did what cannot be answered by an error or a fault.
     * Reports the vCPU's state and stops the domain; the current instruction is abandoned.
     *
     * @param reason one line for the report
     */
    public void crash(Vcpu vcpu, String reason) {
        if (isShutDown()) {
            return;
        }
        log.line(reason);
        shutdown(ShutdownReason.CRASH);
    }
}
