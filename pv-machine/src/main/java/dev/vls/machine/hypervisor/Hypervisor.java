package dev.vls.machine.hypervisor;

import dev.vls.machine.cpu.Cpu;
import dev.vls.machine.cpu.Supervisor;
import dev.vls.machine.cpu.Vector;
import dev.vls.machine.memory.MachineMemory;
import dev.vls.xen.abi.arch.FlatSelector;
import dev.vls.xen.abi.vcpu.RunState;

/**
 * Stands above the vCPUs of one domain as Xen does: takes what leaves the instruction set (traps.c,
 * entry.S, arch/x86/pv/hypercall.c) and brings the vCPU back into the guest.
 */
public final class Hypervisor implements Supervisor {
    /** Bit 1 of an error code: the selector part names an IDT gate. */
    private static final int ERROR_IDT = 2;

    /** Bit 2 of a selector: it names an entry of the LDT. */
    private static final int TABLE_LDT = 4;

    private static final int INT80 = 0x80;
    private static final int SYSCALL_LENGTH = 2;

    private final Domain domain;
    private final HypercallDispatcher hypercalls;
    private final CpuidPolicy policy;
    private final TrapDelivery traps;
    private final PrivilegedInstructions privileged;
    private final ForcedEmulation forced;

    private Hypervisor(
            DomainConfiguration configuration,
            MachineMemory memory,
            MemoryManagement memoryManagement,
            HypercallDispatcher hypercalls,
            CpuidPolicy policy,
            HypervisorLog log) {
        this.domain = new Domain(configuration, memory, memoryManagement, policy, log);
        this.hypercalls = hypercalls;
        this.policy = policy;
        this.traps = new TrapDelivery(domain);
        this.privileged = new PrivilegedInstructions(domain, traps, policy);
        this.forced = new ForcedEmulation(traps, this);
    }

    /**
     * A domain with its vCPUs, all offline and uninitialised; the domain builder gives them memory,
     * shared info and a first state.
     */
    public static Hypervisor create(
            DomainConfiguration configuration,
            MachineMemory memory,
            MemoryManagement memoryManagement,
            HypercallDispatcher hypercalls,
            CpuidPolicy policy,
            HypervisorLog log) {
        Hypervisor hypervisor =
                new Hypervisor(configuration, memory, memoryManagement, hypercalls, policy, log);
        for (int id = 0; id < configuration.vcpus(); id++) {
            Vcpu vcpu = new Vcpu(hypervisor.domain, id, hypervisor);
            vcpu.cr0 = ControlRegisters.CR0_FIXED;
            ControlRegisters.setCr4(vcpu, policy, 0);
            vcpu.debugStatus = DebugState.STATUS_DEFAULT;
            vcpu.cpu.debugControl = DebugState.CONTROL_DEFAULT;
            hypervisor.domain.addVcpu(vcpu);
        }
        return hypervisor;
    }

    public Domain domain() {
        return domain;
    }

    public CpuidPolicy cpuidPolicy() {
        return policy;
    }

    // --- turns ---

    /**
     * Brings a vCPU to where it executes guest instructions, at the start of a turn or after
     * something happened from outside: as the return from an interrupt.
     */
    public void enterGuest(Vcpu vcpu) {
        RunStates.change(vcpu, RunState.RUNNING);
        traps.returnToGuest(vcpu);
    }

    // --- hypercalls and system calls ---

    @Override
    public void syscall(Cpu cpu) {
        Vcpu vcpu = domain.vcpu(cpu.id);
        cpu.selector[Cpu.CS] = FlatSelector.KERNEL_CS64;
        cpu.selector[Cpu.SS] = FlatSelector.KERNEL_SS;
        vcpu.returnsBySysret = true;
        if (vcpu.kernelMode) {
            hypercall(vcpu);
        } else {
            traps.bounceSystemCall(vcpu);
        }
        traps.returnToGuest(vcpu);
    }

    private void hypercall(Vcpu vcpu) {
        Cpu cpu = vcpu.cpu;
        HypercallCall call = vcpu.call;
        call.begin(cpu.gpr[Cpu.RAX]);
        call.beginWork();
        call.argument[0] = cpu.gpr[Cpu.RDI];
        call.argument[1] = cpu.gpr[Cpu.RSI];
        call.argument[2] = cpu.gpr[Cpu.RDX];
        call.argument[3] = cpu.gpr[10];
        call.argument[4] = cpu.gpr[8];
        call.argument[5] = cpu.gpr[9];
        long result = hypercalls.dispatch(vcpu, call);
        if (!call.isContinued()) {
            cpu.gpr[Cpu.RAX] = result;
            return;
        }
        cpu.gpr[Cpu.RAX] = call.number();
        cpu.gpr[Cpu.RDI] = call.argument[0];
        cpu.gpr[Cpu.RSI] = call.argument[1];
        cpu.gpr[Cpu.RDX] = call.argument[2];
        cpu.gpr[10] = call.argument[3];
        cpu.gpr[8] = call.argument[4];
        cpu.setRip(cpu.rip() - SYSCALL_LENGTH);
    }

    // --- exceptions ---

    @Override
    public void exception(Cpu cpu, int vector, int errorCode) {
        Vcpu vcpu = domain.vcpu(cpu.id);
        vcpu.returnsBySysret = false;
        switch (vector) {
            case Vector.PF -> pageFault(vcpu, errorCode);
            case Vector.GP -> {
                if (errorCode != 0 || !privileged.emulate(vcpu)) {
                    traps.injectException(vcpu, Vector.GP, errorCode);
                }
            }
            case Vector.UD -> {
                if (!forced.emulate(vcpu)) {
                    traps.injectException(vcpu, Vector.UD, 0);
                }
            }
            case Vector.NM -> deviceNotAvailable(vcpu);
            case Vector.DB -> {
                DebugState.raised(vcpu, cpu.faultDr6);
                cpu.faultDr6 = 0;
                traps.injectException(vcpu, Vector.DB, 0);
            }
            default -> traps.injectException(vcpu, vector, errorCode);
        }
        traps.returnToGuest(vcpu);
    }

    private void pageFault(Vcpu vcpu, int errorCode) {
        long linear = vcpu.cpu.faultAddress;
        if (!domain.memoryManagement().handlePageFault(vcpu, linear, errorCode)) {
            traps.injectPageFault(vcpu, linear, errorCode);
        }
    }

    private void deviceNotAvailable(Vcpu vcpu) {
        boolean guestWantsIt = (vcpu.cr0 & ControlRegisters.CR0_TS) != 0;
        ControlRegisters.setTaskSwitched(vcpu, false);
        if (guestWantsIt) {
            traps.injectException(vcpu, Vector.NM, 0);
        }
    }

    /**
     * INT n. Xen's own gates are closed, so that it arrives as #GP with the gate in the error code,
     * but for 3 and 4, which are open to everybody, and 0x80 once the guest has a handler.
     */
    @Override
    public void softwareInterrupt(Cpu cpu, int vector, long instructionRip) {
        Vcpu vcpu = domain.vcpu(cpu.id);
        vcpu.returnsBySysret = false;
        if (vector == Vector.BP || vector == Vector.OF) {
            traps.injectException(vcpu, vector, 0);
        } else if (vector == INT80 && vcpu.trapAddress[INT80] != 0) {
            traps.bounceInt80(vcpu);
        } else if ((vcpu.trapFlags[vector] & 3) >= (vcpu.kernelMode ? 1 : 3)) {
            // Xen takes the instruction for two bytes, whatever prefixes it has.
            cpu.setRip(instructionRip + 2);
            traps.injectSoftwareInterrupt(vcpu, vector);
        } else {
            cpu.setRip(instructionRip);
            traps.injectException(vcpu, Vector.GP, vector << 3 | ERROR_IDT);
        }
        traps.returnToGuest(vcpu);
    }

    // --- what the processor asks ---

    @Override
    public void cpuid(Cpu cpu) {
        Cpuid.execute(domain.vcpu(cpu.id), policy);
    }

    @Override
    public long timestampCounter(Cpu cpu) {
        return domain.time().now();
    }

    @Override
    public int timestampAux(Cpu cpu) {
        return domain.vcpu(cpu.id).tscAux;
    }

    @Override
    public long descriptor(Cpu cpu, int selector) {
        Vcpu vcpu = domain.vcpu(cpu.id);
        long descriptor = domain.memoryManagement().descriptor(vcpu, selector);
        if (descriptor == 0 && (selector & TABLE_LDT) != 0) {
            raiseLdtFault(vcpu, selector);
        }
        return descriptor;
    }

    /** {@code handle_ldt_mapping_fault}: the guest's LDT may be paged out by the guest. */
    private void raiseLdtFault(Vcpu vcpu, int selector) {
        int index = (selector & 0xFFFF) >>> 3;
        if (index < vcpu.ldtEntries && !domain.memoryManagement().isLdtPageUsable(vcpu, selector)) {
            vcpu.cpu.faultAddress = vcpu.ldtBase + index * 8L;
            throw vcpu.cpu.raise(Vector.PF, 0);
        }
    }
}
