package dev.vls.machine.cpu.translate;

import static dev.vls.machine.memory.MachineMemory.PAGE_MASK;
import static dev.vls.machine.memory.MachineMemory.PAGE_SIZE;

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
            return HostMemory.getByte(linear + addends[slot]) & 0xFFL;
        }
        return cpu.load8(linear);
    }

    public static long load16(Cpu cpu, long[] tags, long[] addends, long linear) {
        int slot = Tlb.slot(linear);
        if (tags[slot] == (linear + 1 & PAGE_MASK)) {
            return HostMemory.getShort(linear + addends[slot]) & 0xFFFFL;
        }
        return cpu.load16(linear);
    }

    public static long load32(Cpu cpu, long[] tags, long[] addends, long linear) {
        int slot = Tlb.slot(linear);
        if (tags[slot] == (linear + 3 & PAGE_MASK)) {
            return HostMemory.getInt(linear + addends[slot]) & 0xFFFF_FFFFL;
        }
        return cpu.load32(linear);
    }

    public static long load64(Cpu cpu, long[] tags, long[] addends, long linear) {
        int slot = Tlb.slot(linear);
        if (tags[slot] == (linear + 7 & PAGE_MASK)) {
            return HostMemory.getLong(linear + addends[slot]);
        }
        return cpu.load64(linear);
    }

    /** Stores a byte; like its kin it says whether the translation has to be left. */
    public static boolean store8(Cpu cpu, long[] tags, long[] addends, long linear, long value) {
        int slot = Tlb.slot(linear);
        if (tags[slot] == (linear & PAGE_MASK)) {
            HostMemory.putByte(linear + addends[slot], (byte) value);
            return false;
        }
        cpu.store8(linear, value);
        return cpu.blockEnded();
    }

    public static boolean store16(Cpu cpu, long[] tags, long[] addends, long linear, long value) {
        int slot = Tlb.slot(linear);
        if (tags[slot] == (linear + 1 & PAGE_MASK)) {
            HostMemory.putShort(linear + addends[slot], (short) value);
            return false;
        }
        cpu.store16(linear, value);
        return cpu.blockEnded();
    }

    public static boolean store32(Cpu cpu, long[] tags, long[] addends, long linear, long value) {
        int slot = Tlb.slot(linear);
        if (tags[slot] == (linear + 3 & PAGE_MASK)) {
            HostMemory.putInt(linear + addends[slot], (int) value);
            return false;
        }
        cpu.store32(linear, value);
        return cpu.blockEnded();
    }

    public static boolean store64(Cpu cpu, long[] tags, long[] addends, long linear, long value) {
        int slot = Tlb.slot(linear);
        if (tags[slot] == (linear + 7 & PAGE_MASK)) {
            HostMemory.putLong(linear + addends[slot], value);
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

    // --- 128 bits ---

    /** Host address of 16 bytes within a page that tags have, or 0. */
    public static long host128(long[] tags, long[] addends, long linear) {
        int slot = Tlb.slot(linear);
        return tags[slot] == (linear + 15 & PAGE_MASK) ? linear + addends[slot] : 0;
    }

    /** The same through the stack's page. */
    public static long stackHost128(long linear, long page, long addend) {
        return (linear & (PAGE_MASK | 15)) == page ? linear + addend : 0;
    }

    /** The same through the page of a group. */
    public static long nearHost128(long linear, long page, long addend) {
        return isWithin(linear, page, 16) ? linear + addend : 0;
    }

    /** What is at a host address that {@link #host128} gave, or 8 behind it. */
    public static long at(long host) {
        return HostMemory.getLong(host);
    }

    /** Stores there. */
    public static void put(long host, long value) {
        HostMemory.putLong(host, value);
    }

    /** The long way for 128 bits: the lower ones, the upper in {@link Cpu#secondResult}. */
    public static long load128(Cpu cpu, long linear) {
        cpu.checkRead(linear, 16);
        long low = cpu.load64(linear);
        cpu.secondResult = cpu.load64(linear + 8);
        return low;
    }

    /** The long way for 128 bits; says whether the translation has to be left. */
    public static boolean store128(Cpu cpu, long linear, long low, long high) {
        checkWrite(cpu, cpu.tlb().writeTag, linear, 16);
        cpu.store64(linear, low);
        boolean ended = cpu.blockEnded();
        cpu.store64(linear + 8, high);
        return cpu.blockEnded() || ended;
    }

    // --- accesses through a page that was looked up before ---

    /** Stands for a stack's page that cannot be accessed directly; no address compares equal. */
    static final long NO_PAGE = 0x800;

    /** Far from each address of a group whose page cannot be accessed directly. */
    private static final long ELSEWHERE = 1L << 62;

    /** Whether so many bytes are in a page. */
    private static boolean isWithin(long linear, long page, int size) {
        return Long.compareUnsigned(linear - page, PAGE_SIZE - size) <= 0;
    }

    /** The page of an address if tags have it, else one that no address of its group is in. */
    public static long nearPage(long[] tags, long linear) {
        long page = linear & PAGE_MASK;
        return tags[Tlb.slot(linear)] == page ? page : page ^ ELSEWHERE;
    }

    /** The page of an address if tags have it, else {@link #NO_PAGE}. */
    public static long page(long[] tags, long linear) {
        long page = linear & PAGE_MASK;
        return tags[Tlb.slot(linear)] == page ? page : NO_PAGE;
    }

    /** Host address minus linear address, if the page is in the TLB. */
    public static long addend(long[] addends, long linear) {
        return addends[Tlb.slot(linear)];
    }

    /** A load through the stack's page; crossing and unaligned ones go the long way. */
    public static long load8(Cpu cpu, long linear, long page, long addend) {
        if ((linear & PAGE_MASK) == page) {
            return HostMemory.getByte(linear + addend) & 0xFFL;
        }
        return cpu.load8(linear);
    }

    public static long load16(Cpu cpu, long linear, long page, long addend) {
        if ((linear & (PAGE_MASK | 1)) == page) {
            return HostMemory.getShort(linear + addend) & 0xFFFFL;
        }
        return cpu.load16(linear);
    }

    public static long load32(Cpu cpu, long linear, long page, long addend) {
        if ((linear & (PAGE_MASK | 3)) == page) {
            return HostMemory.getInt(linear + addend) & 0xFFFF_FFFFL;
        }
        return cpu.load32(linear);
    }

    public static long load64(Cpu cpu, long linear, long page, long addend) {
        if ((linear & (PAGE_MASK | 7)) == page) {
            return HostMemory.getLong(linear + addend);
        }
        return cpu.load64(linear);
    }

    /** A store through the stack's page; says whether the translation has to be left. */
    public static boolean store8(Cpu cpu, long linear, long value, long page, long addend) {
        if ((linear & PAGE_MASK) == page) {
            HostMemory.putByte(linear + addend, (byte) value);
            return false;
        }
        cpu.store8(linear, value);
        return cpu.blockEnded();
    }

    public static boolean store16(Cpu cpu, long linear, long value, long page, long addend) {
        if ((linear & (PAGE_MASK | 1)) == page) {
            HostMemory.putShort(linear + addend, (short) value);
            return false;
        }
        cpu.store16(linear, value);
        return cpu.blockEnded();
    }

    public static boolean store32(Cpu cpu, long linear, long value, long page, long addend) {
        if ((linear & (PAGE_MASK | 3)) == page) {
            HostMemory.putInt(linear + addend, (int) value);
            return false;
        }
        cpu.store32(linear, value);
        return cpu.blockEnded();
    }

    public static boolean store64(Cpu cpu, long linear, long value, long page, long addend) {
        if ((linear & (PAGE_MASK | 7)) == page) {
            HostMemory.putLong(linear + addend, value);
            return false;
        }
        cpu.store64(linear, value);
        return cpu.blockEnded();
    }

    /** A load through the page of its group; one that crosses into the next goes the long way. */
    public static long nearLoad8(Cpu cpu, long linear, long page, long addend) {
        if (isWithin(linear, page, 1)) {
            return HostMemory.getByte(linear + addend) & 0xFFL;
        }
        return cpu.load8(linear);
    }

    public static long nearLoad16(Cpu cpu, long linear, long page, long addend) {
        if (isWithin(linear, page, 2)) {
            return HostMemory.getShort(linear + addend) & 0xFFFFL;
        }
        return cpu.load16(linear);
    }

    public static long nearLoad32(Cpu cpu, long linear, long page, long addend) {
        if (isWithin(linear, page, 4)) {
            return HostMemory.getInt(linear + addend) & 0xFFFF_FFFFL;
        }
        return cpu.load32(linear);
    }

    public static long nearLoad64(Cpu cpu, long linear, long page, long addend) {
        if (isWithin(linear, page, 8)) {
            return HostMemory.getLong(linear + addend);
        }
        return cpu.load64(linear);
    }

    /** A store through the page of its group; says whether the translation has to be left. */
    public static boolean nearStore8(Cpu cpu, long linear, long value, long page, long addend) {
        if (isWithin(linear, page, 1)) {
            HostMemory.putByte(linear + addend, (byte) value);
            return false;
        }
        cpu.store8(linear, value);
        return cpu.blockEnded();
    }

    public static boolean nearStore16(Cpu cpu, long linear, long value, long page, long addend) {
        if (isWithin(linear, page, 2)) {
            HostMemory.putShort(linear + addend, (short) value);
            return false;
        }
        cpu.store16(linear, value);
        return cpu.blockEnded();
    }

    public static boolean nearStore32(Cpu cpu, long linear, long value, long page, long addend) {
        if (isWithin(linear, page, 4)) {
            HostMemory.putInt(linear + addend, (int) value);
            return false;
        }
        cpu.store32(linear, value);
        return cpu.blockEnded();
    }

    public static boolean nearStore64(Cpu cpu, long linear, long value, long page, long addend) {
        if (isWithin(linear, page, 8)) {
            HostMemory.putLong(linear + addend, value);
            return false;
        }
        cpu.store64(linear, value);
        return cpu.blockEnded();
    }

    /** As {@link #checkWrite(Cpu, long[], long, int)}, for the stack's page. */
    public static void checkWrite(Cpu cpu, long page, long linear, int size) {
        if ((linear & (PAGE_MASK | (size - 1))) != page) {
            cpu.gpr[Cpu.RIP] = NOWHERE;
            cpu.checkWrite(linear, size);
        }
    }

    /** The same for the page of a group. */
    public static void nearCheckWrite(Cpu cpu, long page, long linear, int size) {
        if (!isWithin(linear, page, size)) {
            cpu.gpr[Cpu.RIP] = NOWHERE;
            cpu.checkWrite(linear, size);
        }
    }
}
