package dev.vls.machine.cpu.integer;

import dev.vls.machine.cpu.Cpu;
import dev.vls.machine.cpu.Flags;
import dev.vls.machine.cpu.Insn;

/** Stack instructions. RSP changes only after the access that may fault. */
public final class Stack {
    /** Flags that POPF changes in ring 3 with IOPL 0. */
    private static final int POPF_SYSTEM = Flags.TF | Flags.DF | Flags.NT | Flags.AC | Flags.ID;

    private Stack() {}

    public static void push(Cpu cpu, long value, int width) {
        int size = width >> 3;
        long top = cpu.gpr[Cpu.RSP] - size;
        cpu.store(top, size, value);
        cpu.gpr[Cpu.RSP] = top;
    }

    public static long pop(Cpu cpu, int width) {
        int size = width >> 3;
        long value = cpu.load(cpu.gpr[Cpu.RSP], size);
        cpu.gpr[Cpu.RSP] += size;
        return value;
    }

    /** POP to memory: an address based on RSP uses its value after the pop. */
    public static void popMemory(Cpu cpu, Insn insn, int width) {
        int size = width >> 3;
        long top = cpu.gpr[Cpu.RSP];
        long value = cpu.load(top, size);
        cpu.gpr[Cpu.RSP] = top + size;
        try {
            long address = insn.address(cpu);
            if (insn.address32) {
                address &= 0xFFFF_FFFFL;
            }
            cpu.store(address + cpu.segmentBase[insn.segment], size, value);
        } catch (RuntimeException e) {
            cpu.gpr[Cpu.RSP] = top;
            throw e;
        }
    }

    public static void pushFs(Cpu cpu, int width) {
        push(cpu, cpu.selector[Cpu.FS], width);
    }

    public static void pushGs(Cpu cpu, int width) {
        push(cpu, cpu.selector[Cpu.GS], width);
    }

    public static void popFs(Cpu cpu, int width) {
        Segments.pop(cpu, Cpu.FS, width);
    }

    public static void popGs(Cpu cpu, int width) {
        Segments.pop(cpu, Cpu.GS, width);
    }

    public static void pushFlags(Cpu cpu, int width) {
        push(cpu, cpu.rflags() & ~(Flags.RF | Flags.VM), width);
    }

    public static void popFlags(Cpu cpu, int width) {
        long value = pop(cpu, width);
        int changeable = width == 16 ? POPF_SYSTEM & 0xFFFF : POPF_SYSTEM;
        Flags.setArithmetic(cpu, (int) value);
        cpu.systemFlags = (cpu.systemFlags & ~(changeable | Flags.RF)) | ((int) value & changeable);
        if ((value & Flags.TF) != 0) {
            cpu.endBlock();
        }
    }

    /** ENTER; what it pushed before a fault stays in memory, as on processors. */
    public static void enter(Cpu cpu, int allocate, int nesting, int width) {
        int size = width >> 3;
        int level = nesting & 31;
        long rsp = cpu.gpr[Cpu.RSP];
        long rbp = cpu.gpr[Cpu.RBP];
        long top = rsp - size;
        long frame = top;
        cpu.store(top, size, rbp);
        for (int i = 1; i < level; i++) {
            long linked = cpu.load(rbp - (long) i * size, size);
            top -= size;
            cpu.store(top, size, linked);
        }
        if (level > 0) {
            top -= size;
            cpu.store(top, size, frame);
        }
        long newRsp = top - allocate;
        // The processor checks that the new top of stack could be written.
        cpu.checkWrite(newRsp, size);
        Widths.write(cpu, Cpu.RBP, frame, width);
        cpu.gpr[Cpu.RSP] = newRsp;
    }

    public static void leave(Cpu cpu, int width) {
        int size = width >> 3;
        long frame = cpu.gpr[Cpu.RBP];
        long value = cpu.load(frame, size);
        cpu.gpr[Cpu.RSP] = frame + size;
        Widths.write(cpu, Cpu.RBP, value, width);
    }
}
