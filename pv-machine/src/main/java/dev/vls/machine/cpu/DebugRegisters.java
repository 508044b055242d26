package dev.vls.machine.cpu;

import static dev.vls.machine.memory.MachineMemory.PAGE_MASK;

/**
 * Hardware breakpoints (Intel SDM vol. 3, 17.2). Watched data pages never enter the TLB, so only
 * accesses to those pages pay; instruction breakpoints make the interpreter step.
 */
final class DebugRegisters {
    private static final int KIND_EXECUTE = 0;
    private static final int KIND_WRITE = 1;
    private static final int KIND_READ_WRITE = 3;

    private DebugRegisters() {}

    /** Whether any enabled data breakpoint lies in a page. */
    static boolean watches(Cpu cpu, long page) {
        if ((cpu.debugControl & 0xFF) == 0) {
            return false;
        }
        for (int i = 0; i < 4; i++) {
            if (enabled(cpu, i)
                    && kind(cpu, i) != KIND_EXECUTE
                    && (cpu.debugAddress[i] & PAGE_MASK) == page) {
                return true;
            }
        }
        return false;
    }

    /** Records a data access; a match becomes a #DB trap after the instruction. */
    static void accessed(Cpu cpu, long linear, int size, boolean write) {
        if ((cpu.debugControl & 0xFF) == 0) {
            return;
        }
        for (int i = 0; i < 4; i++) {
            int kind = kind(cpu, i);
            boolean watched = kind == KIND_READ_WRITE || (kind == KIND_WRITE && write);
            if (enabled(cpu, i) && watched && overlaps(cpu, i, linear, size)) {
                cpu.faultDr6 |= 1 << i;
                cpu.endBlock();
            }
        }
    }

    /** DR6 bits of the instruction breakpoints that match an address; 0 for none. */
    static int executeMatches(Cpu cpu, long linear) {
        int matches = 0;
        for (int i = 0; i < 4; i++) {
            if (enabled(cpu, i) && kind(cpu, i) == KIND_EXECUTE && cpu.debugAddress[i] == linear) {
                matches |= 1 << i;
            }
        }
        return matches;
    }

    static boolean hasExecuteBreakpoints(Cpu cpu) {
        if ((cpu.debugControl & 0xFF) == 0) {
            return false;
        }
        for (int i = 0; i < 4; i++) {
            if (enabled(cpu, i) && kind(cpu, i) == KIND_EXECUTE) {
                return true;
            }
        }
        return false;
    }

    private static boolean enabled(Cpu cpu, int i) {
        return (cpu.debugControl >>> (2 * i) & 3) != 0;
    }

    private static int kind(Cpu cpu, int i) {
        return (int) (cpu.debugControl >>> (16 + 4 * i)) & 3;
    }

    private static boolean overlaps(Cpu cpu, int i, long linear, int size) {
        int lengthCode = (int) (cpu.debugControl >>> (18 + 4 * i)) & 3;
        int length = lengthCode == 2 ? 8 : lengthCode + 1;
        long start = cpu.debugAddress[i] & -length;
        return linear < start + length && start < linear + size;
    }
}
