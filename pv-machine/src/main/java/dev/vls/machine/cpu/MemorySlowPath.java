package dev.vls.machine.cpu;

import static dev.vls.machine.memory.MachineMemory.PAGE_SIZE;

import dev.vls.machine.memory.MachineMemory;
import dev.vls.machine.memory.PageWalker;

/**
 * Memory accesses that miss the TLB: page walks, accesses that cross a page, stores to flagged
 * frames, and watched pages. Both pages of a crossing access are translated before any byte moves.
 */
final class MemorySlowPath {
    private MemorySlowPath() {}

    static long load(Cpu cpu, long linear, int size) {
        MachineMemory memory = cpu.memory();
        long value;
        int inPage = bytesInPage(linear, size);
        if (inPage == size) {
            value = read(memory, cpu.translate(linear, PageWalker.READ), size);
        } else {
            cpu.checkCanonical(linear + inPage);
            long first = cpu.translate(linear, PageWalker.READ);
            long second = cpu.translate(linear + inPage, PageWalker.READ);
            value = 0;
            for (int i = 0; i < size; i++) {
                long maddr = i < inPage ? first + i : second + i - inPage;
                value |= (long) memory.getByte(maddr) << (8 * i);
            }
        }
        DebugRegisters.accessed(cpu, linear, size, false);
        return value;
    }

    static void store(Cpu cpu, long linear, int size, long value) {
        MachineMemory memory = cpu.memory();
        int inPage = bytesInPage(linear, size);
        if (inPage == size) {
            long maddr = cpu.translateStore(linear, size);
            if (maddr < 0) {
                cpu.protectedStores().store(cpu, linear, size, value);
            } else {
                write(memory, maddr, size, value);
            }
        } else {
            cpu.checkCanonical(linear + inPage);
            long first = cpu.translate(linear, PageWalker.WRITE);
            long second = cpu.translate(linear + inPage, PageWalker.WRITE);
            for (int i = 0; i < size; i++) {
                long maddr = i < inPage ? first + i : second + i - inPage;
                memory.setByte(maddr, (int) (value >>> (8 * i)) & 0xFF);
            }
        }
        DebugRegisters.accessed(cpu, linear, size, true);
    }

    static void checkWrite(Cpu cpu, long linear, int size) {
        if (bytesInPage(linear, size) < size) {
            check(cpu, linear, size, PageWalker.WRITE);
        } else if (cpu.translateStore(linear, size) < 0) {
            cpu.protectedStores().save(cpu);
        }
    }

    static void checkRead(Cpu cpu, long linear, int size) {
        check(cpu, linear, size, PageWalker.READ);
    }

    private static void check(Cpu cpu, long linear, int size, int access) {
        int inPage = bytesInPage(linear, size);
        if (inPage < size) {
            cpu.checkCanonical(linear + inPage);
        }
        cpu.translate(linear, access);
        if (inPage < size) {
            cpu.translate(linear + inPage, access);
        }
    }

    private static int bytesInPage(long linear, int size) {
        return (int) Math.min(size, PAGE_SIZE - (linear & (PAGE_SIZE - 1)));
    }

    private static long read(MachineMemory memory, long maddr, int size) {
        return switch (size) {
            case 1 -> memory.getByte(maddr);
            case 2 -> memory.getShort(maddr);
            case 4 -> memory.getInt(maddr) & 0xFFFF_FFFFL;
            default -> memory.getLong(maddr);
        };
    }

    private static void write(MachineMemory memory, long maddr, int size, long value) {
        switch (size) {
            case 1 -> memory.setByte(maddr, (int) value);
            case 2 -> memory.setShort(maddr, (int) value);
            case 4 -> memory.setInt(maddr, (int) value);
            default -> memory.setLong(maddr, value);
        }
    }
}
