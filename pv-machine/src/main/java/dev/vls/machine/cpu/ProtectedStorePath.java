package dev.vls.machine.cpu;

import dev.vls.machine.memory.PageWalker;
import org.jspecify.annotations.Nullable;

/**
 * A vCPU's way to {@link ProtectedStores}. Instructions that check a destination before they
 * compute may change registers before they store; as the store can still be refused, the registers
 * are kept at the check and put back then.
 */
final class ProtectedStorePath {
    private static final int PROTECTION =
            PageWalker.ERROR_PRESENT | PageWalker.ERROR_WRITE | PageWalker.ERROR_USER;

    /** In place of an address that no instruction ends at, for it is not canonical. */
    private static final long NO_CHECK = 1L << 62;

    private final long[] gpr = new long[Cpu.RIP + 1];
    private long flagsResult;
    private long flagsAux;
    private int systemFlags;
    private @Nullable ProtectedStores stores;

    ProtectedStorePath() {
        gpr[Cpu.RIP] = NO_CHECK;
    }

    void setStores(ProtectedStores newStores) {
        stores = newStores;
    }

    /** Whether the fault just raised by a store is none, for the store is taken over. */
    boolean takes(Cpu cpu, long linear, int size) {
        ProtectedStores taker = stores;
        return taker != null
                && cpu.faultVector == Vector.PF
                && cpu.faultErrorCode == PROTECTION
                && taker.accepts(cpu, linear, size);
    }

    /** Remembers the registers at a check that passed because the store is taken over. */
    void save(Cpu cpu) {
        System.arraycopy(cpu.gpr, 0, gpr, 0, gpr.length);
        flagsResult = cpu.flagsResult;
        flagsAux = cpu.flagsAux;
        systemFlags = cpu.systemFlags;
    }

    void store(Cpu cpu, long linear, int size, long value) {
        ProtectedStores taker = stores;
        if (taker != null && taker.store(cpu, linear, size, value)) {
            gpr[Cpu.RIP] = NO_CHECK;
            return;
        }
        // The address of the next instruction tells whether this one did the check.
        if (gpr[Cpu.RIP] == cpu.gpr[Cpu.RIP]) {
            System.arraycopy(gpr, 0, cpu.gpr, 0, gpr.length);
            cpu.flagsResult = flagsResult;
            cpu.flagsAux = flagsAux;
            cpu.systemFlags = systemFlags;
        }
        cpu.faultAddress = linear;
        throw cpu.raise(Vector.PF, PROTECTION);
    }
}
