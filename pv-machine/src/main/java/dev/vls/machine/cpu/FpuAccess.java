package dev.vls.machine.cpu;

import dev.vls.machine.cpu.x87.FpuState;

/** What generated code does around x87 and MMX kernels. */
final class FpuAccess {
    /** Field of the status word. */
    private static final int TOP = 7 << 11;

    private FpuAccess() {}

    /** Availability, and exceptions that earlier instructions left pending. */
    static void checkFpu(Cpu cpu) {
        if (cpu.taskSwitched) {
            throw cpu.raise(Vector.NM);
        }
        if (cpu.fpu.hasPendingException()) {
            throw cpu.raise(Vector.MF);
        }
    }

    static void checkMmx(Cpu cpu) {
        checkFpu(cpu);
    }

    static long getMmx64(Cpu cpu, int register) {
        return cpu.fpu.mmx(register);
    }

    static long getMmx32(Cpu cpu, int register) {
        return cpu.fpu.mmx(register) & 0xFFFF_FFFFL;
    }

    static void setMmx64(Cpu cpu, int register, long value) {
        cpu.fpu.setMmx(register, value);
    }

    /**
     * A store of an MMX register is under way: TOP is 0 even if it faults, the tags change later.
     */
    static void beginMmxStore(Cpu cpu) {
        cpu.fpu.setStatusWord(cpu.fpu.statusWord() & ~TOP);
    }

    /** The unit holds MMX values after an MMX instruction completed. */
    static void enterMmx(Cpu cpu) {
        cpu.fpu.enterMmx();
    }

    /**
     * A non-control x87 instruction completed: FIP names it. FOP and FDP change only when it left
     * an unmasked exception pending, as on processors that report FDP_EXCPTN_ONLY.
     *
     * @param opcode the opcode byte, D8 to DF
     */
    static void retire(Cpu cpu, Insn insn, int opcode, int memory) {
        FpuState fpu = cpu.fpu;
        fpu.lastInstructionPointer = cpu.gpr[Cpu.RIP] - insn.length;
        if (fpu.hasPendingException()) {
            fpu.lastOpcode = (opcode & 7) << 8 | insn.modrm();
            if (memory != 0) {
                fpu.lastDataPointer = insn.offset(cpu);
            }
        }
    }
}
