package dev.vls.machine.cpu.integer;

import static dev.vls.machine.memory.MachineMemory.HOST;
import static dev.vls.machine.memory.MachineMemory.PAGE_SIZE;

import dev.vls.machine.cpu.Cpu;
import dev.vls.machine.cpu.Flags;
import dev.vls.machine.cpu.Insn;
import java.lang.foreign.MemorySegment;

/**
 * String instructions. A repeated one does at most {@link #MAX_ITERATIONS} iterations in one step
 * and then stays where it is, as a processor does between two interrupts; so a step is bounded, and
 * how far it gets depends on nothing but the guest's state. While the processor is single-stepping,
 * a step is one iteration.
 */
public final class Strings {
    /** Part of the determinism rules: changing it changes what an instruction count means. */
    public static final int MAX_ITERATIONS = 4096;

    private static final int REPNE = 0xF2;

    private Strings() {}

    private static long addressMask(Insn insn) {
        return insn.address32 ? 0xFFFF_FFFFL : -1;
    }

    private static long source(Cpu cpu, Insn insn) {
        return (cpu.gpr[Cpu.RSI] & addressMask(insn)) + cpu.segmentBase[insn.segment];
    }

    private static long destination(Cpu cpu, Insn insn) {
        return cpu.gpr[Cpu.RDI] & addressMask(insn);
    }

    private static void advance(Cpu cpu, Insn insn, int register, long bytes) {
        long moved = (cpu.systemFlags & Flags.DF) != 0 ? -bytes : bytes;
        cpu.gpr[register] = (cpu.gpr[register] + moved) & addressMask(insn);
    }

    private static long count(Cpu cpu, Insn insn) {
        return cpu.gpr[Cpu.RCX] & addressMask(insn);
    }

    /** How many iterations this step may do. With 32-bit addresses RCX loses its upper half now. */
    private static int budget(Cpu cpu, Insn insn) {
        long count = count(cpu, insn);
        cpu.gpr[Cpu.RCX] = count;
        int most = cpu.stepping ? 1 : MAX_ITERATIONS;
        return Long.compareUnsigned(count, most) < 0 ? (int) count : most;
    }

    /** Ends a step: if iterations remain, RIP goes back to the instruction. */
    private static void finish(Cpu cpu, Insn insn, boolean done) {
        if (!done && count(cpu, insn) != 0) {
            cpu.gpr[Cpu.RIP] -= insn.length;
            cpu.endBlock();
        }
    }

    private static void counted(Cpu cpu, Insn insn, long iterations) {
        cpu.gpr[Cpu.RCX] = (cpu.gpr[Cpu.RCX] - iterations) & addressMask(insn);
    }

    public static void movs(Cpu cpu, Insn insn, int width) {
        int size = width >> 3;
        if (insn.repeat == 0) {
            moveOne(cpu, insn, size);
            return;
        }
        int left = budget(cpu, insn);
        // Processors do this before the first iteration, be there one or not.
        cpu.gpr[Cpu.RSI] &= addressMask(insn);
        cpu.gpr[Cpu.RDI] &= addressMask(insn);
        while (left > 0) {
            int moved = moveMany(cpu, insn, size, left);
            if (moved == 0) {
                moveOne(cpu, insn, size);
                moved = 1;
            }
            counted(cpu, insn, moved);
            left = cpu.faultDr6 != 0 ? 0 : left - moved;
        }
        finish(cpu, insn, false);
    }

    private static void moveOne(Cpu cpu, Insn insn, int size) {
        long value = cpu.load(source(cpu, insn), size);
        cpu.store(destination(cpu, insn), size, value);
        advance(cpu, insn, Cpu.RSI, size);
        advance(cpu, insn, Cpu.RDI, size);
    }

    /**
     * Iterations that stay within one page on each side, copied at once; 0 if it cannot be done.
     */
    private static int moveMany(Cpu cpu, Insn insn, int size, int iterations) {
        if ((cpu.systemFlags & Flags.DF) != 0 || iterations < 4) {
            return 0;
        }
        long from = source(cpu, insn);
        long to = destination(cpu, insn);
        int fit = Math.min(inPage(from), inPage(to)) / size;
        int n = Math.min(iterations, fit);
        long hostFrom = cpu.hostForRead(from);
        long hostTo = cpu.hostForWrite(to);
        long bytes = (long) n * size;
        boolean repeatsItself = hostTo > hostFrom && hostTo < hostFrom + bytes;
        if (n == 0 || hostFrom == 0 || hostTo == 0 || repeatsItself) {
            return 0;
        }
        MemorySegment.copy(HOST, hostFrom, HOST, hostTo, bytes);
        advance(cpu, insn, Cpu.RSI, bytes);
        advance(cpu, insn, Cpu.RDI, bytes);
        return n;
    }

    private static int inPage(long linear) {
        return PAGE_SIZE - ((int) linear & (PAGE_SIZE - 1));
    }

    public static void stos(Cpu cpu, Insn insn, int width) {
        int size = width >> 3;
        if (insn.repeat == 0) {
            storeOne(cpu, insn, size);
            return;
        }
        int left = budget(cpu, insn);
        cpu.gpr[Cpu.RDI] &= addressMask(insn);
        while (left > 0) {
            int stored = storeMany(cpu, insn, size, left);
            if (stored == 0) {
                storeOne(cpu, insn, size);
                stored = 1;
            }
            counted(cpu, insn, stored);
            left = cpu.faultDr6 != 0 ? 0 : left - stored;
        }
        finish(cpu, insn, false);
    }

    private static void storeOne(Cpu cpu, Insn insn, int size) {
        cpu.store(destination(cpu, insn), size, cpu.gpr[Cpu.RAX]);
        advance(cpu, insn, Cpu.RDI, size);
    }

    private static int storeMany(Cpu cpu, Insn insn, int size, int iterations) {
        long value = cpu.gpr[Cpu.RAX];
        long to = destination(cpu, insn);
        boolean uniform = isUniform(value, size);
        int n = Math.min(iterations, inPage(to) / size);
        if ((cpu.systemFlags & Flags.DF) != 0 || !uniform || n < 4) {
            return 0;
        }
        long host = cpu.hostForWrite(to);
        if (host == 0) {
            return 0;
        }
        long bytes = (long) n * size;
        HOST.asSlice(host, bytes).fill((byte) value);
        advance(cpu, insn, Cpu.RDI, bytes);
        return n;
    }

    /** Whether all bytes of the value are the same. */
    private static boolean isUniform(long value, int size) {
        long mask = Widths.mask(size * 8);
        return (value & mask) == ((value & 0xFF) * 0x0101_0101_0101_0101L & mask);
    }

    public static void lods(Cpu cpu, Insn insn, int width) {
        if (insn.repeat == 0) {
            loadOne(cpu, insn, width);
            return;
        }
        int left = budget(cpu, insn);
        while (left > 0) {
            loadOne(cpu, insn, width);
            counted(cpu, insn, 1);
            left = cpu.faultDr6 != 0 ? 0 : left - 1;
        }
        finish(cpu, insn, false);
    }

    private static void loadOne(Cpu cpu, Insn insn, int width) {
        long value = cpu.load(source(cpu, insn), width >> 3);
        advance(cpu, insn, Cpu.RSI, width >> 3);
        Widths.write(cpu, Cpu.RAX, value, width);
    }

    public static void scas(Cpu cpu, Insn insn, int width) {
        if (insn.repeat == 0) {
            scanOne(cpu, insn, width);
            return;
        }
        boolean done = false;
        int left = budget(cpu, insn);
        long flagsResult = cpu.flagsResult;
        long flagsAux = cpu.flagsAux;
        boolean completed = false;
        try {
            while (left > 0 && !done) {
                scanOne(cpu, insn, width);
                counted(cpu, insn, 1);
                done = Flags.zero(cpu) == (insn.repeat == REPNE);
                left = cpu.faultDr6 != 0 ? 0 : left - 1;
            }
            completed = done || count(cpu, insn) == 0;
        } finally {
            if (!completed) {
                // Interrupted, by a fault or otherwise, the flags are those from before the
                // instruction (SDM vol. 2, REP), and only they.
                cpu.flagsResult = flagsResult;
                cpu.flagsAux = flagsAux;
            }
        }
        finish(cpu, insn, done);
    }

    private static void scanOne(Cpu cpu, Insn insn, int width) {
        long b = cpu.load(destination(cpu, insn), width >> 3);
        long a = cpu.gpr[Cpu.RAX] & Widths.mask(width);
        advance(cpu, insn, Cpu.RDI, width >> 3);
        Flags.sub(cpu, a, b, a - b, width);
    }

    public static void cmps(Cpu cpu, Insn insn, int width) {
        if (insn.repeat == 0) {
            compareOne(cpu, insn, width);
            return;
        }
        boolean done = false;
        int left = budget(cpu, insn);
        long flagsResult = cpu.flagsResult;
        long flagsAux = cpu.flagsAux;
        boolean completed = false;
        try {
            while (left > 0 && !done) {
                compareOne(cpu, insn, width);
                counted(cpu, insn, 1);
                done = Flags.zero(cpu) == (insn.repeat == REPNE);
                left = cpu.faultDr6 != 0 ? 0 : left - 1;
            }
            completed = done || count(cpu, insn) == 0;
        } finally {
            if (!completed) {
                // Interrupted, by a fault or otherwise, the flags are those from before the
                // instruction (SDM vol. 2, REP), and only they.
                cpu.flagsResult = flagsResult;
                cpu.flagsAux = flagsAux;
            }
        }
        finish(cpu, insn, done);
    }

    private static void compareOne(Cpu cpu, Insn insn, int width) {
        // In this order: it shows in which of two bad addresses faults.
        long b = cpu.load(destination(cpu, insn), width >> 3);
        long a = cpu.load(source(cpu, insn), width >> 3);
        advance(cpu, insn, Cpu.RSI, width >> 3);
        advance(cpu, insn, Cpu.RDI, width >> 3);
        Flags.sub(cpu, a, b, a - b, width);
    }
}
