package dev.vls.machine.cpu.simd;

import dev.vls.machine.cpu.Cpu;

/** Insertion and extraction of single elements. */
public final class Element {
    private Element() {}

    private static long insert(long into, long value, int shift, long mask) {
        return (into & ~(mask << shift)) | (value & mask) << shift;
    }

    /** PINSRW of 64 bits. */
    public static long insertWord(long a, long value, int position) {
        return insert(a, value, 16 * (position & 3), 0xFFFF);
    }

    /** PEXTRW of 64 bits. */
    public static long extractWord(long a, int position) {
        return a >>> (16 * (position & 3)) & 0xFFFF;
    }

    public static void pinsrb(Cpu cpu, int a, long value, int position) {
        int half = a + (position >>> 3 & 1);
        cpu.xmm[half] = insert(cpu.xmm[half], value, 8 * (position & 7), 0xFF);
    }

    public static void pinsrw(Cpu cpu, int a, long value, int position) {
        int half = a + (position >>> 2 & 1);
        cpu.xmm[half] = insertWord(cpu.xmm[half], value, position);
    }

    public static void pinsrd(Cpu cpu, int a, long value, int position) {
        int half = a + (position >>> 1 & 1);
        cpu.xmm[half] = insert(cpu.xmm[half], value, 32 * (position & 1), 0xFFFF_FFFFL);
    }

    public static void pinsrq(Cpu cpu, int a, long value, int position) {
        cpu.xmm[a + (position & 1)] = value;
    }

    public static long pextrb(Cpu cpu, int a, int position) {
        return cpu.xmm[a + (position >>> 3 & 1)] >>> (8 * (position & 7)) & 0xFF;
    }

    public static long pextrw(Cpu cpu, int a, int position) {
        return extractWord(cpu.xmm[a + (position >>> 2 & 1)], position);
    }

    /** PEXTRD and EXTRACTPS. */
    public static long pextrd(Cpu cpu, int a, int position) {
        return cpu.xmm[a + (position >>> 1 & 1)] >>> (32 * (position & 1)) & 0xFFFF_FFFFL;
    }

    public static long pextrq(Cpu cpu, int a, int position) {
        return cpu.xmm[a + (position & 1)];
    }

    /** INSERTPS from a register: bits 7:6 choose the source, 5:4 the place, 3:0 what to clear. */
    public static void insertps(Cpu cpu, int a, int b, int control) {
        insertpsMemory(cpu, a, pextrd(cpu, b, control >>> 6), control);
    }

    /** INSERTPS from memory. */
    public static void insertpsMemory(Cpu cpu, int a, long value, int control) {
        pinsrd(cpu, a, value, control >>> 4);
        for (int i = 0; i < 4; i++) {
            if ((control >>> i & 1) != 0) {
                pinsrd(cpu, a, 0, i);
            }
        }
    }
}
