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
}
