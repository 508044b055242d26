package dev.vls.machine.hypervisor;

import static dev.vls.machine.memory.MachineMemory.PAGE_SHIFT;

import dev.vls.machine.cpu.Cpu;
import dev.vls.machine.cpu.Flags;
import dev.vls.machine.cpu.Vector;
import dev.vls.machine.hypervisor.PrivilegedDecoder.Opcode;
import dev.vls.xen.abi.errno.XenErrno;

/**
 * Emulation of privileged instructions after #GP(0) (arch/x86/pv/emul-priv-op.c). What is not in
 * Xen's list goes to the guest as the fault that it is.
 */
final class PrivilegedInstructions {
    /** What became of the instruction. */
    enum Outcome {
        /** Not emulated: the guest gets the #GP. */
        UNHANDLED,
        /** Done; RIP moves on. */
        DONE,
        /** A part is done, or another fault is on its way: RIP stays. */
        STAYS
    }

    private final Domain domain;
    private final TrapDelivery traps;
    private final CpuidPolicy policy;
    private final ModelSpecificRegisters registers;
    private final PortAccess ports;
    private final PrivilegedDecoder decoder = new PrivilegedDecoder();

    PrivilegedInstructions(Domain domain, TrapDelivery traps, CpuidPolicy policy) {
        this.domain = domain;
        this.traps = traps;
        this.policy = policy;
        this.registers = new ModelSpecificRegisters(domain, policy);
        this.ports = new PortAccess(domain, traps);
    }

    /** Emulates the instruction at RIP; false if the guest is to have the #GP. */
    boolean emulate(Vcpu vcpu) {
        Cpu cpu = vcpu.cpu;
        long rip = cpu.rip();
        if (!decoder.decode(vcpu.guest, rip)) {
            if (decoder.faultVector < 0) {
                return false;
            }
            if (decoder.faultVector == Vector.PF) {
                traps.injectPageFault(vcpu, decoder.faultLinear, 0);
            } else {
                traps.injectException(vcpu, decoder.faultVector, 0);
            }
            return true;
        }
        ports.begin();
        switch (execute(vcpu)) {
            case UNHANDLED -> {
                return false;
            }
            case DONE -> retire(vcpu, decoder.nextRip);
            case STAYS -> {}
        }
        return true;
    }

    private void retire(Vcpu vcpu, long nextRip) {
        Cpu cpu = vcpu.cpu;
        cpu.setRip(nextRip);
        int flags = cpu.rflags();
        cpu.setRflags(flags & ~Flags.RF);
        boolean stepped = (flags & Flags.TF) != 0;
        if (stepped) {
            DebugState.stepped(vcpu);
        }
        if (ports.breakpointMatches() != 0) {
            vcpu.debugStatus |= ports.breakpointMatches() | DebugState.STATUS_DEFAULT;
        }
        if (stepped || ports.breakpointMatches() != 0) {
            traps.injectException(vcpu, Vector.DB, 0);
        }
    }

    private Outcome execute(Vcpu vcpu) {
        Opcode opcode = decoder.opcode;
        return switch (opcode) {
            case IN, OUT, INS, OUTS -> ports.execute(vcpu, decoder);
            case CLI_STI -> ports.isIoplEnough(vcpu) ? Outcome.DONE : Outcome.UNHANDLED;
            case NONE -> Outcome.UNHANDLED;
            default -> vcpu.kernelMode ? executeInKernel(vcpu, opcode) : Outcome.UNHANDLED;
        };
    }

    private Outcome executeInKernel(Vcpu vcpu, Opcode opcode) {
        return switch (opcode) {
            case CLTS -> {
                ControlRegisters.setTaskSwitched(vcpu, false);
                yield Outcome.DONE;
            }
            case WBINVD -> Outcome.DONE;
            case XSETBV -> setExtendedControl(vcpu);
            case MOV_FROM_CR -> readControl(vcpu);
            case MOV_TO_CR -> writeControl(vcpu);
            case MOV_FROM_DR -> readDebug(vcpu);
            case MOV_TO_DR -> writeDebug(vcpu);
            case RDMSR -> readMsr(vcpu);
            case WRMSR -> writeMsr(vcpu);
            case RDTSC -> {
                setEdxEax(vcpu.cpu, domain.time().now());
                yield Outcome.DONE;
            }
            case RDTSCP -> {
                setEdxEax(vcpu.cpu, domain.time().now());
                vcpu.cpu.gpr[Cpu.RCX] = Integer.toUnsignedLong(vcpu.tscAux);
                yield Outcome.DONE;
            }
            default -> Outcome.UNHANDLED;
        };
    }

    // --- control and debug registers ---

    private Outcome setExtendedControl(Vcpu vcpu) {
        Cpu cpu = vcpu.cpu;
        if ((vcpu.cr4 & ControlRegisters.CR4_OSXSAVE) == 0) {
            traps.injectException(vcpu, Vector.UD, 0);
            return Outcome.STAYS;
        }
        long value = cpu.gpr[Cpu.RDX] << 32 | (cpu.gpr[Cpu.RAX] & 0xFFFF_FFFFL);
        return ControlRegisters.setXcr(vcpu, (int) cpu.gpr[Cpu.RCX], value)
                ? Outcome.DONE
                : Outcome.UNHANDLED;
    }

    private Outcome readControl(Vcpu vcpu) {
        long value;
        switch (decoder.register) {
            case 0 -> value = vcpu.cr0;
            case 2 -> value = vcpu.cr2;
            case 3 -> value = vcpu.guestTableMfn << PAGE_SHIFT;
            case 4 -> value = vcpu.cr4;
            default -> {
                return Outcome.UNHANDLED;
            }
        }
        vcpu.cpu.gpr[decoder.operand] = value;
        return Outcome.DONE;
    }

    private Outcome writeControl(Vcpu vcpu) {
        long value = vcpu.cpu.gpr[decoder.operand];
        switch (decoder.register) {
            case 0 -> {
                if (((value ^ ControlRegisters.CR0_FIXED) & ~ControlRegisters.CR0_TS) != 0) {
                    return Outcome.UNHANDLED;
                }
                ControlRegisters.setTaskSwitched(vcpu, (value & ControlRegisters.CR0_TS) != 0);
            }
            case 2 -> vcpu.setCr2(value);
            case 3 -> {
                if (domain.memoryManagement().newKernelRoot(vcpu, value >>> PAGE_SHIFT) != 0) {
                    return Outcome.UNHANDLED;
                }
            }
            case 4 -> ControlRegisters.setCr4(vcpu, policy, value);
            default -> {
                return Outcome.UNHANDLED;
            }
        }
        return Outcome.DONE;
    }

    private Outcome readDebug(Vcpu vcpu) {
        if (!DebugState.isReadable(vcpu, decoder.register)) {
            traps.injectException(vcpu, Vector.UD, 0);
            return Outcome.STAYS;
        }
        vcpu.cpu.gpr[decoder.operand] = DebugState.read(vcpu, decoder.register);
        return Outcome.DONE;
    }

    private Outcome writeDebug(Vcpu vcpu) {
        int error = DebugState.write(vcpu, decoder.register, vcpu.cpu.gpr[decoder.operand]);
        if (error == 0) {
            return Outcome.DONE;
        }
        traps.injectException(vcpu, error == -XenErrno.ENODEV ? Vector.UD : Vector.GP, 0);
        return Outcome.STAYS;
    }

    // --- model-specific registers ---

    private Outcome readMsr(Vcpu vcpu) {
        int msr = (int) vcpu.cpu.gpr[Cpu.RCX];
        if (registers.isReadable(msr)) {
            setEdxEax(vcpu.cpu, registers.read(vcpu, msr));
            return Outcome.DONE;
        }
        if (vcpu.trapAddress[Vector.GP] == 0 && ModelSpecificRegisters.isFakeable(msr)) {
            setEdxEax(vcpu.cpu, 0);
            return Outcome.DONE;
        }
        return Outcome.UNHANDLED;
    }

    private Outcome writeMsr(Vcpu vcpu) {
        Cpu cpu = vcpu.cpu;
        long value = cpu.gpr[Cpu.RDX] << 32 | (cpu.gpr[Cpu.RAX] & 0xFFFF_FFFFL);
        return registers.write(vcpu, (int) cpu.gpr[Cpu.RCX], value)
                ? Outcome.DONE
                : Outcome.UNHANDLED;
    }

    private static void setEdxEax(Cpu cpu, long value) {
        cpu.gpr[Cpu.RAX] = value & 0xFFFF_FFFFL;
        cpu.gpr[Cpu.RDX] = value >>> 32;
    }
}
