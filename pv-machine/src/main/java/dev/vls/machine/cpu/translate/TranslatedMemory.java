package dev.vls.machine.cpu.translate;

import static dev.vls.machine.memory.MachineMemory.HOST;
import static dev.vls.machine.memory.MachineMemory.PAGE_MASK;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;

import dev.vls.machine.cpu.Cpu;
import dev.vls.machine.memory.Tlb;

/**
 * Memory as translated code sees it: the TLB's hit path with the TLB's arrays in locals, for they
 * stay the same while a translation runs; all else is the vCPU's own access. The one place where
 * translated code knows how the TLB is built. Small, for HotSpot to inline.
 */
public final class TranslatedMemory {
    /** No instruction ends there: for a check whose registers are not those of the vCPU. */
    private static final long NOWHERE = 1L << 61;

    /**
     * Host addresses of user space fit into this; what HotSpot sees to be small enough it does not
     * check against the end of {@link MachineMemory#HOST}.
     */
    private static final long HOST_MASK = (1L << 56) - 1;

    private TranslatedMemory() {}

    public static long[] readTags(Cpu cpu) {
        return cpu.tlb().readTag;
    }

    public static long[] writeTags(Cpu cpu) {
        return cpu.tlb().writeTag;
    }

    public static long[] addends(Cpu cpu) {
        return cpu.tlb().addend;
    }

    /** Whether a page still maps the frame that its code was translated from. */
    public static boolean maps(Cpu cpu, long linear, long mfn) {
        return cpu.tlb().executes(linear, mfn);
    }

    public static long load8(Cpu cpu, long[] tags, long[] addends, long linear) {
        int slot = Tlb.slot(linear);
        if (tags[slot] == (linear & PAGE_MASK)) {
            return HOST.get(JAVA_BYTE, linear + addends[slot] & HOST_MASK) & 0xFFL;
        }
        return cpu.load8(linear);
    }

    public static long load16(Cpu cpu, long[] tags, long[] addends, long linear) {
        int slot = Tlb.slot(linear);
        if (tags[slot] == (linear + 1 & PAGE_MASK)) {
            return HOST.get(JAVA_SHORT_UNALIGNED, linear + addends[slot] & HOST_MASK) & 0xFFFFL;
        }
        return cpu.load16(linear);
    }

    public static long load32(Cpu cpu, long[] tags, long[] addends, long linear) {
        int slot = Tlb.slot(linear);
        if (tags[slot] == (linear + 3 & PAGE_MASK)) {
            return HOST.get(JAVA_INT_UNALIGNED, linear + addends[slot] & HOST_MASK) & 0xFFFF_FFFFL;
        }
        return cpu.load32(linear);
    }

    public static long load64(Cpu cpu, long[] tags, long[] addends, long linear) {
        int slot = Tlb.slot(linear);
        if (tags[slot] == (linear + 7 & PAGE_MASK)) {
            return HOST.get(JAVA_LONG_UNALIGNED, linear + addends[slot] & HOST_MASK);
        }
        return cpu.load64(linear);
    }

    /** Stores a byte; like its kin it says whether the translation has to be left. */
    public static boolean store8(Cpu cpu, long[] tags, long[] addends, long linear, long value) {
        int slot = Tlb.slot(linear);
        if (tags[slot] == (linear & PAGE_MASK)) {
            HOST.set(JAVA_BYTE, linear + addends[slot] & HOST_MASK, (byte) value);
            return false;
        }
        cpu.store8(linear, value);
        return cpu.blockEnded();
    }

    public static boolean store16(Cpu cpu, long[] tags, long[] addends, long linear, long value) {
        int slot = Tlb.slot(linear);
        if (tags[slot] == (linear + 1 & PAGE_MASK)) {
            HOST.set(JAVA_SHORT_UNALIGNED, linear + addends[slot] & HOST_MASK, (short) value);
            return false;
        }
        cpu.store16(linear, value);
        return cpu.blockEnded();
    }

    public static boolean store32(Cpu cpu, long[] tags, long[] addends, long linear, long value) {
        int slot = Tlb.slot(linear);
        if (tags[slot] == (linear + 3 & PAGE_MASK)) {
            HOST.set(JAVA_INT_UNALIGNED, linear + addends[slot] & HOST_MASK, (int) value);
            return false;
        }
        cpu.store32(linear, value);
        return cpu.blockEnded();
    }

    public static boolean store64(Cpu cpu, long[] tags, long[] addends, long linear, long value) {
        int slot = Tlb.slot(linear);
        if (tags[slot] == (linear + 7 & PAGE_MASK)) {
            HOST.set(JAVA_LONG_UNALIGNED, linear + addends[slot] & HOST_MASK, value);
            return false;
        }
        cpu.store64(linear, value);
        return cpu.blockEnded();
    }

    /** As {@link Cpu#checkWrite}; translated code changes no register before its store is done. */
    public static void checkWrite(Cpu cpu, long[] tags, long linear, int size) {
        if (tags[Tlb.slot(linear)] != (linear + size - 1 & PAGE_MASK)) {
            cpu.gpr[Cpu.RIP] = NOWHERE;
            cpu.checkWrite(linear, size);
        }
    }

    // --- accesses through a page that was looked up before ---

    /** Stands for a page that cannot be accessed directly; no address compares equal to it. */
    static final long NO_PAGE = 0x800;

    /** The page of an address if tags have it. */
    public static long page(long[] tags, long linear) {
        long page = linear & PAGE_MASK;
        return tags[Tlb.slot(linear)] == page ? page : NO_PAGE;
    }

    /** Host address minus linear address, if the page is in the TLB. */
    public static long addend(long[] addends, long linear) {
        return addends[Tlb.slot(linear)];
    }

    /** A load through a page; crossing accesses and most unaligned ones go the long way. */
    public static long load8(Cpu cpu, long linear, long page, long addend) {
        if ((linear & PAGE_MASK) == page) {
            return HOST.get(JAVA_BYTE, linear + addend & HOST_MASK) & 0xFFL;
        }
        return cpu.load8(linear);
    }

    public static long load16(Cpu cpu, long linear, long page, long addend) {
        if ((linear & (PAGE_MASK | 1)) == page) {
            return HOST.get(JAVA_SHORT_UNALIGNED, linear + addend & HOST_MASK) & 0xFFFFL;
        }
        return cpu.load16(linear);
    }

    public static long load32(Cpu cpu, long linear, long page, long addend) {
        if ((linear & (PAGE_MASK | 3)) == page) {
            return HOST.get(JAVA_INT_UNALIGNED, linear + addend & HOST_MASK) & 0xFFFF_FFFFL;
        }
        return cpu.load32(linear);
    }

    public static long load64(Cpu cpu, long linear, long page, long addend) {
        if ((linear & (PAGE_MASK | 7)) == page) {
            return HOST.get(JAVA_LONG_UNALIGNED, linear + addend & HOST_MASK);
        }
        return cpu.load64(linear);
    }

    /** A store through a page; says whether the translation has to be left. */
    public static boolean store8(Cpu cpu, long linear, long value, long page, long addend) {
        if ((linear & PAGE_MASK) == page) {
            HOST.set(JAVA_BYTE, linear + addend & HOST_MASK, (byte) value);
            return false;
        }
        cpu.store8(linear, value);
        return cpu.blockEnded();
    }

    public static boolean store16(Cpu cpu, long linear, long value, long page, long addend) {
        if ((linear & (PAGE_MASK | 1)) == page) {
            HOST.set(JAVA_SHORT_UNALIGNED, linear + addend & HOST_MASK, (short) value);
            return false;
        }
        cpu.store16(linear, value);
        return cpu.blockEnded();
    }

    public static boolean store32(Cpu cpu, long linear, long value, long page, long addend) {
        if ((linear & (PAGE_MASK | 3)) == page) {
            HOST.set(JAVA_INT_UNALIGNED, linear + addend & HOST_MASK, (int) value);
            return false;
        }
        cpu.store32(linear, value);
        return cpu.blockEnded();
    }

    public static boolean store64(Cpu cpu, long linear, long value, long page, long addend) {
        if ((linear & (PAGE_MASK | 7)) == page) {
            HOST.set(JAVA_LONG_UNALIGNED, linear + addend & HOST_MASK, value);
            return false;
        }
        cpu.store64(linear, value);
        return cpu.blockEnded();
    }

    /** As {@link #checkWrite(Cpu, long[], long, int)}, for a page. */
    public static void checkWrite(Cpu cpu, long page, long linear, int size) {
        if ((linear & (PAGE_MASK | (size - 1))) != page) {
            cpu.gpr[Cpu.RIP] = NOWHERE;
            cpu.checkWrite(linear, size);
        }
    }

    /** The same through the vCPU's own look into the TLB. */
    public static void checkWrite(Cpu cpu, long linear, int size) {
        checkWrite(cpu, cpu.tlb().writeTag, linear, size);
    }
}
