package dev.vls.machine.cpu.integer;

import dev.vls.machine.cpu.Cpu;
import dev.vls.machine.cpu.Flags;
import dev.vls.machine.cpu.Vector;

/**
 * Segment registers and far transfers at ring 3 in 64-bit mode (Intel SDM vol. 3, 5.6 to 5.8). Code
 * segments of 32 bits (compatibility mode) are not implemented: loading one is #GP(selector).
 */
public final class Segments {
    private static final int RING = 3;
    private static final int RPL = 3;
    private static final long PRESENT = 1L << 47;
    private static final long NON_SYSTEM = 1L << 44;
    private static final long CODE = 1L << 43;
    private static final long CONFORMING = 1L << 42;
    private static final long READABLE_OR_WRITABLE = 1L << 41;
    private static final long LONG_MODE = 1L << 53;
    private static final long DEFAULT_32 = 1L << 54;
    private static final long GRANULARITY = 1L << 55;

    private Segments() {}

    private static int dpl(long descriptor) {
        return (int) (descriptor >>> 45) & 3;
    }

    private static int errorCode(int selector) {
        return selector & ~RPL;
    }

    public static long store(Cpu cpu, int segment) {
        return cpu.selector[segment];
    }

    public static void load(Cpu cpu, int segment, long value) {
        int selector = (int) value & 0xFFFF;
        if (segment == Cpu.SS) {
            cpu.selector[Cpu.SS] = checkStack(cpu, selector);
            return;
        }
        long base = 0;
        if ((selector & ~RPL) != 0) {
            base = base(checkData(cpu, selector));
        }
        cpu.selector[segment] = selector;
        if (segment == Cpu.FS || segment == Cpu.GS) {
            cpu.segmentBase[segment] = base;
        }
    }

    /** POP FS and POP GS. */
    static void pop(Cpu cpu, int segment, int width) {
        long top = cpu.gpr[Cpu.RSP];
        long value = cpu.load16(top);
        load(cpu, segment, value);
        cpu.gpr[Cpu.RSP] = top + (width >> 3);
    }

    /** LSS, LFS, LGS: a segment register and a general one from a far pointer. */
    public static long lss(Cpu cpu, long address, int width) {
        return loadFar(cpu, Cpu.SS, address, width);
    }

    public static long lfs(Cpu cpu, long address, int width) {
        return loadFar(cpu, Cpu.FS, address, width);
    }

    public static long lgs(Cpu cpu, long address, int width) {
        return loadFar(cpu, Cpu.GS, address, width);
    }

    private static long loadFar(Cpu cpu, int segment, long address, int width) {
        int size = width >> 3;
        long offset = cpu.load(address, size);
        load(cpu, segment, cpu.load16(address + size));
        return offset;
    }

    private static long base(long descriptor) {
        return (descriptor >>> 16 & 0xFF_FFFF) | (descriptor >>> 56 & 0xFF) << 24;
    }

    private static long descriptor(Cpu cpu, int selector) {
        long descriptor = cpu.supervisor().descriptor(cpu, selector);
        if (descriptor == 0) {
            throw cpu.raise(Vector.GP, errorCode(selector));
        }
        return descriptor;
    }

    private static long checkData(Cpu cpu, int selector) {
        long descriptor = descriptor(cpu, selector);
        boolean code = (descriptor & CODE) != 0;
        boolean usable =
                (descriptor & NON_SYSTEM) != 0
                        && (!code || (descriptor & READABLE_OR_WRITABLE) != 0);
        boolean conforming = code && (descriptor & CONFORMING) != 0;
        if (!usable || (!conforming && dpl(descriptor) < RING)) {
            throw cpu.raise(Vector.GP, errorCode(selector));
        }
        if ((descriptor & PRESENT) == 0) {
            throw cpu.raise(Vector.NP, errorCode(selector));
        }
        return descriptor;
    }

    private static int checkStack(Cpu cpu, int selector) {
        if ((selector & ~RPL) == 0) {
            throw cpu.raise(Vector.GP);
        }
        long descriptor = descriptor(cpu, selector);
        boolean writableData =
                (descriptor & (NON_SYSTEM | CODE | READABLE_OR_WRITABLE))
                        == (NON_SYSTEM | READABLE_OR_WRITABLE);
        if (!writableData || (selector & RPL) != RING || dpl(descriptor) != RING) {
            throw cpu.raise(Vector.GP, errorCode(selector));
        }
        if ((descriptor & PRESENT) == 0) {
            throw cpu.raise(Vector.SS, errorCode(selector));
        }
        return selector;
    }

    /** The checks of a code segment that a far transfer names; RPL below the ring is refused. */
    private static void checkCode(Cpu cpu, int selector, boolean returning) {
        if ((selector & ~RPL) == 0) {
            throw cpu.raise(Vector.GP);
        }
        long descriptor = descriptor(cpu, selector);
        boolean code = (descriptor & (NON_SYSTEM | CODE)) == (NON_SYSTEM | CODE);
        boolean conforming = (descriptor & CONFORMING) != 0;
        boolean privilege = conforming ? dpl(descriptor) <= RING : dpl(descriptor) == RING;
        boolean longMode = (descriptor & (LONG_MODE | DEFAULT_32)) == LONG_MODE;
        if (!code || !privilege || (returning && (selector & RPL) != RING) || !longMode) {
            throw cpu.raise(Vector.GP, errorCode(selector));
        }
        if ((descriptor & PRESENT) == 0) {
            throw cpu.raise(Vector.NP, errorCode(selector));
        }
    }

    private static void enter(Cpu cpu, int selector, long rip) {
        if (!Cpu.isCanonical(rip)) {
            throw cpu.raise(Vector.GP);
        }
        cpu.selector[Cpu.CS] = selector;
        cpu.gpr[Cpu.RIP] = rip;
        cpu.endBlock();
    }

    public static void farReturn(Cpu cpu, int width) {
        farReturnReleasing(cpu, 0, width);
    }

    public static void farReturnReleasing(Cpu cpu, int release, int width) {
        int size = width >> 3;
        long top = cpu.gpr[Cpu.RSP];
        // In this order: it shows in CR2.
        int selector = (int) cpu.load16(top + size);
        long rip = cpu.load(top, size);
        checkCode(cpu, selector, true);
        enter(cpu, selector, rip);
        cpu.gpr[Cpu.RSP] = top + 2L * size + release;
    }

    /** IRET within ring 3: always pops five values in 64-bit mode. */
    public static void iret(Cpu cpu, int width) {
        if ((cpu.systemFlags & Flags.NT) != 0) {
            throw cpu.raise(Vector.GP);
        }
        int size = width >> 3;
        long top = cpu.gpr[Cpu.RSP];
        // In this order: it shows in CR2.
        long rflags = cpu.load(top + 2L * size, size);
        int code = (int) cpu.load16(top + size);
        long rip = cpu.load(top, size);
        checkCode(cpu, code, true);
        long rsp = cpu.load(top + 3L * size, size);
        int stack = (int) cpu.load16(top + 4L * size);
        checkStack(cpu, stack);
        enter(cpu, code, rip);
        cpu.selector[Cpu.SS] = stack;
        cpu.gpr[Cpu.RSP] = rsp;
        int kept = cpu.systemFlags & (Flags.IF | Flags.IOPL);
        cpu.setRflags((rflags & ~(Flags.IF | Flags.IOPL)) | kept);
    }

    public static void farJump(Cpu cpu, long address, int width) {
        long rip = cpu.load(address, width >> 3);
        int selector = (int) cpu.load16(address + (width >> 3));
        checkCode(cpu, selector, false);
        enter(cpu, (selector & ~RPL) | RING, rip);
    }

    public static void farCall(Cpu cpu, long address, int width) {
        int size = width >> 3;
        long rip = cpu.load(address, size);
        int selector = (int) cpu.load16(address + size);
        checkCode(cpu, selector, false);
        long top = cpu.gpr[Cpu.RSP] - 2L * size;
        cpu.store(top + size, size, cpu.selector[Cpu.CS]);
        cpu.store(top, size, cpu.gpr[Cpu.RIP]);
        enter(cpu, (selector & ~RPL) | RING, rip);
        cpu.gpr[Cpu.RSP] = top;
    }

    /** What ring 3 may know of a selector's descriptor, or 0. */
    private static long visible(Cpu cpu, long value) {
        int selector = (int) value & 0xFFFF;
        if ((selector & ~RPL) == 0) {
            return 0;
        }
        long descriptor = cpu.supervisor().descriptor(cpu, selector);
        boolean conforming =
                (descriptor & (NON_SYSTEM | CODE | CONFORMING)) == (NON_SYSTEM | CODE | CONFORMING);
        boolean visible = conforming || dpl(descriptor) >= Math.max(RING, selector & RPL);
        return visible ? descriptor : 0;
    }

    /** LAR, for code and data segments. */
    public static long lar(Cpu cpu, long destination, long selector) {
        long descriptor = visible(cpu, selector);
        boolean found = (descriptor & NON_SYSTEM) != 0;
        Flags.setZero(cpu, found);
        return found ? descriptor >>> 32 & 0x00F0_FF00L : destination;
    }

    /** LSL, for code and data segments. */
    public static long lsl(Cpu cpu, long destination, long selector) {
        long descriptor = visible(cpu, selector);
        boolean found = (descriptor & NON_SYSTEM) != 0;
        Flags.setZero(cpu, found);
        if (!found) {
            return destination;
        }
        long limit = (descriptor & 0xFFFF) | (descriptor >>> 32 & 0xF_0000);
        return (descriptor & GRANULARITY) != 0 ? limit << 12 | 0xFFF : limit;
    }

    public static void verr(Cpu cpu, long selector) {
        long descriptor = visible(cpu, selector);
        boolean readable = (descriptor & CODE) == 0 || (descriptor & READABLE_OR_WRITABLE) != 0;
        Flags.setZero(cpu, (descriptor & NON_SYSTEM) != 0 && readable);
    }

    public static void verw(Cpu cpu, long selector) {
        long descriptor = visible(cpu, selector);
        boolean writable = (descriptor & (CODE | READABLE_OR_WRITABLE)) == READABLE_OR_WRITABLE;
        Flags.setZero(cpu, (descriptor & NON_SYSTEM) != 0 && writable);
    }
}
