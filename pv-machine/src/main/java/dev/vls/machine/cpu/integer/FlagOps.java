package dev.vls.machine.cpu.integer;

import dev.vls.machine.cpu.Cpu;
import dev.vls.machine.cpu.Flags;

/** Instructions that are about single flags. */
public final class FlagOps {
    private FlagOps() {}

    public static void clc(Cpu cpu) {
        Flags.setCarry(cpu, false);
    }

    public static void stc(Cpu cpu) {
        Flags.setCarry(cpu, true);
    }

    public static void cmc(Cpu cpu) {
        Flags.setCarry(cpu, !Flags.carry(cpu));
    }

    public static void cld(Cpu cpu) {
        cpu.systemFlags &= ~Flags.DF;
    }

    public static void std(Cpu cpu) {
        cpu.systemFlags |= Flags.DF;
    }

    public static void lahf(Cpu cpu) {
        int low = (Flags.arithmetic(cpu) & 0xFF) | 2;
        cpu.gpr[Cpu.RAX] = (cpu.gpr[Cpu.RAX] & ~0xFF00L) | (long) low << 8;
    }

    public static void sahf(Cpu cpu) {
        int overflow = Flags.arithmetic(cpu) & Flags.OF;
        Flags.setArithmetic(cpu, (int) (cpu.gpr[Cpu.RAX] >>> 8 & 0xFF) | overflow);
    }
}
