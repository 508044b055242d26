package dev.vls.machine.cpu.integer;

import dev.vls.machine.cpu.Cpu;
import dev.vls.machine.cpu.Flags;
import dev.vls.machine.cpu.Insn;
import dev.vls.machine.cpu.Vector;

/** Jumps, calls, returns, loops. A target that is not canonical is #GP(0) of the branch itself. */
public final class Branch {
    private Branch() {}

    public static void jmp(Cpu cpu, long target) {
        if (!Cpu.isCanonical(target)) {
            throw cpu.raise(Vector.GP);
        }
        cpu.gpr[Cpu.RIP] = target;
    }

    public static void jcc(Cpu cpu, int condition, long target) {
        if (Flags.condition(cpu, condition)) {
            jmp(cpu, target);
        }
    }

    /** The return address is in memory before the target is looked at, as processors do. */
    public static void call(Cpu cpu, long target) {
        long top = cpu.gpr[Cpu.RSP] - 8;
        cpu.store64(top, cpu.gpr[Cpu.RIP]);
        jmp(cpu, target);
        cpu.gpr[Cpu.RSP] = top;
    }

    public static void ret(Cpu cpu) {
        long target = cpu.load64(cpu.gpr[Cpu.RSP]);
        jmp(cpu, target);
        cpu.gpr[Cpu.RSP] += 8;
    }

    public static void retImmediate(Cpu cpu, int release) {
        long target = cpu.load64(cpu.gpr[Cpu.RSP]);
        jmp(cpu, target);
        cpu.gpr[Cpu.RSP] += 8 + release;
    }

    public static void loop(Cpu cpu, Insn insn, long target) {
        if (countDown(cpu, insn)) {
            jmpCounted(cpu, target);
        }
    }

    public static void loope(Cpu cpu, Insn insn, long target) {
        if (countDown(cpu, insn) && Flags.zero(cpu)) {
            jmpCounted(cpu, target);
        }
    }

    public static void loopne(Cpu cpu, Insn insn, long target) {
        if (countDown(cpu, insn) && !Flags.zero(cpu)) {
            jmpCounted(cpu, target);
        }
    }

    private static boolean countDown(Cpu cpu, Insn insn) {
        long count = cpu.gpr[Cpu.RCX] - 1;
        if (insn.address32) {
            count &= 0xFFFF_FFFFL;
        }
        cpu.gpr[Cpu.RCX] = count;
        return count != 0;
    }

    private static void jmpCounted(Cpu cpu, long target) {
        if (!Cpu.isCanonical(target)) {
            cpu.gpr[Cpu.RCX] += 1;
            throw cpu.raise(Vector.GP);
        }
        cpu.gpr[Cpu.RIP] = target;
    }

    public static void jrcxz(Cpu cpu, Insn insn, long target) {
        long count = insn.address32 ? cpu.gpr[Cpu.RCX] & 0xFFFF_FFFFL : cpu.gpr[Cpu.RCX];
        if (count == 0) {
            jmp(cpu, target);
        }
    }
}
