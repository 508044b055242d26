package dev.vls.machine.cpu;

/**
 * How operand values leave and enter registers: zero-extended out, with the width's own rule for
 * the rest of the register in. Called from generated code.
 */
final class Operands {
    private Operands() {}

    static long get8(Cpu cpu, int register) {
        return cpu.gpr[register] & 0xFF;
    }

    /** AH, CH, DH, BH as 4 to 7. */
    static long getHigh8(Cpu cpu, int register) {
        return cpu.gpr[register - 4] >>> 8 & 0xFF;
    }

    static long get16(Cpu cpu, int register) {
        return cpu.gpr[register] & 0xFFFF;
    }

    static long get32(Cpu cpu, int register) {
        return cpu.gpr[register] & 0xFFFF_FFFFL;
    }

    static long get64(Cpu cpu, int register) {
        return cpu.gpr[register];
    }

    static void set8(Cpu cpu, int register, long value) {
        cpu.gpr[register] = (cpu.gpr[register] & ~0xFFL) | (value & 0xFF);
    }

    static void setHigh8(Cpu cpu, int register, long value) {
        cpu.gpr[register - 4] = (cpu.gpr[register - 4] & ~0xFF00L) | (value & 0xFF) << 8;
    }

    static void set16(Cpu cpu, int register, long value) {
        cpu.gpr[register] = (cpu.gpr[register] & ~0xFFFFL) | (value & 0xFFFF);
    }

    static void set32(Cpu cpu, int register, long value) {
        cpu.gpr[register] = value & 0xFFFF_FFFFL;
    }

    static void set64(Cpu cpu, int register, long value) {
        cpu.gpr[register] = value;
    }

    static long getXmm16(Cpu cpu, int register) {
        return cpu.xmm[2 * register] & 0xFFFF;
    }

    static long getXmm32(Cpu cpu, int register) {
        return cpu.xmm[2 * register] & 0xFFFF_FFFFL;
    }

    static long getXmm64(Cpu cpu, int register) {
        return cpu.xmm[2 * register];
    }

    static void setXmm32(Cpu cpu, int register, long value) {
        cpu.xmm[2 * register] = (cpu.xmm[2 * register] & ~0xFFFF_FFFFL) | (value & 0xFFFF_FFFFL);
    }

    static void setXmm64(Cpu cpu, int register, long value) {
        cpu.xmm[2 * register] = value;
    }

    /** Stages a 128-bit memory operand in the scratch register. */
    static void loadScratch(Cpu cpu, long linear) {
        cpu.checkRead(linear, 16);
        long low = cpu.load64(linear);
        cpu.xmm[Cpu.XMM_SCRATCH + 1] = cpu.load64(linear + 8);
        cpu.xmm[Cpu.XMM_SCRATCH] = low;
    }

    static void storeScratch(Cpu cpu, long linear) {
        store128(cpu, linear, cpu.xmm[Cpu.XMM_SCRATCH], cpu.xmm[Cpu.XMM_SCRATCH + 1]);
    }

    /** Stores 128 bits, all or, when either page refuses, none. */
    static void store128(Cpu cpu, long linear, long low, long high) {
        cpu.checkWrite(linear, 16);
        cpu.store64(linear, low);
        cpu.store64(linear + 8, high);
    }

    /** Writes the XMM register that begins at an index of {@link Cpu#xmm}. */
    static void setXmm128(Cpu cpu, int index, long low, long high) {
        cpu.xmm[index] = low;
        cpu.xmm[index + 1] = high;
    }

    /** The alignment that 128-bit memory operands of legacy SSE need. */
    static void checkAligned16(Cpu cpu, long linear) {
        if ((linear & 15) != 0) {
            throw cpu.raise(Vector.GP, 0);
        }
    }

    static void checkSse(Cpu cpu) {
        if (cpu.taskSwitched) {
            throw cpu.raise(Vector.NM);
        }
    }
}
