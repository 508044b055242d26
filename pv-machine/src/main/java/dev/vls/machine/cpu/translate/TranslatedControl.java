package dev.vls.machine.cpu.translate;

import dev.vls.machine.cpu.Cpu;
import dev.vls.machine.cpu.Vector;

/** What branches of translated code call. */
public final class TranslatedControl {
    private TranslatedControl() {}

    /** Raises the #GP(0) of a branch to an address that is not canonical. */
    public static void checkTarget(Cpu cpu, long target) {
        if (!Cpu.isCanonical(target)) {
            throw cpu.raise(Vector.GP);
        }
    }

    /** Raises the #NM of an SSE instruction while CR0.TS is set. */
    public static void checkSse(Cpu cpu) {
        if (cpu.taskSwitched) {
            throw cpu.raise(Vector.NM);
        }
    }

    /** Raises the #GP(0) of a 128-bit memory operand that is not aligned. */
    public static void checkAligned16(Cpu cpu, long linear) {
        if ((linear & 15) != 0) {
            throw cpu.raise(Vector.GP);
        }
    }
}
