package dev.vls.machine.cpu.integer;

import dev.vls.machine.cpu.Cpu;
import dev.vls.machine.cpu.Insn;
import dev.vls.machine.cpu.Vector;

/** Instructions that leave ring 3, or try to. */
public final class SystemOps {
    private static final int R11 = 11;

    private SystemOps() {}

    /** Anything that ring 3 may not do: #GP(0). */
    public static void privileged(Cpu cpu) {
        fault(cpu, Vector.GP);
    }

    /** MOV to and from CR0, CR2, CR3, CR4, CR8: privileged; there are no others. */
    public static void moveControl(Cpu cpu, Insn insn) {
        boolean exists = insn.reg < 9 && (0b1_0001_1101 >>> insn.reg & 1) != 0;
        fault(cpu, exists ? Vector.GP : Vector.UD);
    }

    /** MOV to and from DR0 to DR7. */
    public static void moveDebug(Cpu cpu, Insn insn) {
        fault(cpu, insn.reg < 8 ? Vector.GP : Vector.UD);
    }

    public static void undefined(Cpu cpu) {
        fault(cpu, Vector.UD);
    }

    private static void fault(Cpu cpu, int vector) {
        throw cpu.raise(vector);
    }

    public static void syscall(Cpu cpu) {
        cpu.gpr[Cpu.RCX] = cpu.gpr[Cpu.RIP];
        cpu.gpr[R11] = cpu.rflags();
        cpu.skipSingleStepTrap();
        cpu.endBlock();
        cpu.supervisor().syscall(cpu);
    }

    public static void interrupt(Cpu cpu, int vector) {
        cpu.endBlock();
        cpu.skipSingleStepTrap();
        // CD ib is two bytes long, and prefixes before it do nothing but lengthen it.
        cpu.supervisor().softwareInterrupt(cpu, vector, cpu.instructionStart());
    }

    /** INT3: a trap, so RIP is behind it. */
    public static void breakpoint(Cpu cpu) {
        trap(cpu, Vector.BP);
    }

    /** INT1 (ICEBP). */
    public static void debugTrap(Cpu cpu) {
        trap(cpu, Vector.DB);
    }

    private static void trap(Cpu cpu, int vector) {
        cpu.endBlock();
        cpu.skipSingleStepTrap();
        cpu.supervisor().exception(cpu, vector, 0);
    }

    public static void cpuid(Cpu cpu) {
        cpu.endBlock();
        cpu.supervisor().cpuid(cpu);
    }

    public static void rdtsc(Cpu cpu) {
        long value = cpu.supervisor().timestampCounter(cpu);
        cpu.gpr[Cpu.RAX] = value & 0xFFFF_FFFFL;
        cpu.gpr[Cpu.RDX] = value >>> 32;
        cpu.endBlock();
    }

    public static void rdtscp(Cpu cpu) {
        rdtsc(cpu);
        cpu.gpr[Cpu.RCX] = cpu.supervisor().timestampAux(cpu) & 0xFFFF_FFFFL;
    }

    private static void checkFsGsBase(Cpu cpu) {
        if (!cpu.fsGsBaseEnabled) {
            throw cpu.raise(Vector.UD);
        }
    }

    public static long rdfsbase(Cpu cpu) {
        checkFsGsBase(cpu);
        return cpu.segmentBase[Cpu.FS];
    }

    public static long rdgsbase(Cpu cpu) {
        checkFsGsBase(cpu);
        return cpu.segmentBase[Cpu.GS];
    }

    public static void wrfsbase(Cpu cpu, long value) {
        checkFsGsBase(cpu);
        setBase(cpu, Cpu.FS, value);
    }

    public static void wrgsbase(Cpu cpu, long value) {
        checkFsGsBase(cpu);
        setBase(cpu, Cpu.GS, value);
    }

    private static void setBase(Cpu cpu, int segment, long value) {
        if (!Cpu.isCanonical(value)) {
            throw cpu.raise(Vector.GP);
        }
        cpu.segmentBase[segment] = value;
    }
}
