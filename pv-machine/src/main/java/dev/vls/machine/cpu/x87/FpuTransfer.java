package dev.vls.machine.cpu.x87;

import dev.vls.machine.cpu.Cpu;
import dev.vls.machine.cpu.Flags;
import dev.vls.machine.cpu.Insn;

/**
 * Kernels of x87 loads, stores and register moves. A store writes memory before it changes the
 * unit, so a page fault leaves everything as it was.
 */
public final class FpuTransfer {
    private FpuTransfer() {}

    /** FLD m32fp. */
    public static void fld32(Cpu cpu, long value) {
        X87Load.float32(cpu.fpu, (int) value);
    }

    /** FLD m64fp. */
    public static void fld64(Cpu cpu, long value) {
        X87Load.float64(cpu.fpu, value);
    }

    /** FILD m16int. */
    public static void fild16(Cpu cpu, long value) {
        X87Load.integer(cpu.fpu, (short) value);
    }

    /** FILD m32int. */
    public static void fild32(Cpu cpu, long value) {
        int signed = (int) value;
        X87Load.integer(cpu.fpu, signed);
    }

    /** FILD m64int. */
    public static void fild64(Cpu cpu, long value) {
        X87Load.integer(cpu.fpu, value);
    }

    /** FLD m80fp. */
    public static void fld80(Cpu cpu, long address) {
        long significand = cpu.load64(address);
        X87Load.extended(cpu.fpu, (int) cpu.load16(address + 8), significand);
    }

    /** FBLD. */
    public static void fbld(Cpu cpu, long address) {
        long digits = cpu.load64(address);
        X87Load.decimal(cpu.fpu, digits, (int) cpu.load16(address + 8));
    }

    /** FLD. */
    public static void fld(Cpu cpu, int i) {
        X87Load.register(cpu.fpu, i);
    }

    /** FXCH. */
    public static void fxch(Cpu cpu, int i) {
        X87Load.exchange(cpu.fpu, i);
    }

    /** FST. */
    public static void fst(Cpu cpu, int i) {
        X87Store.register(cpu.fpu, i, false);
    }

    /** FSTP. */
    public static void fstp(Cpu cpu, int i) {
        X87Store.register(cpu.fpu, i, true);
    }

    /** FSTPNCE (D9 D8+i): FSTP that leaves its destination alone when ST(0) is empty. */
    public static void fstpnce(Cpu cpu, int i) {
        if (cpu.fpu.isEmpty(0)) {
            cpu.fpu.status &= ~FpuState.C1;
            cpu.fpu.pop();
        } else {
            X87Store.register(cpu.fpu, i, true);
        }
    }

    /** FFREE. */
    public static void ffree(Cpu cpu, int i) {
        cpu.fpu.free(i);
    }

    /** FFREEP (DF C0+i): FFREE, then a pop; not in the manual, but in every processor. */
    public static void ffreep(Cpu cpu, int i) {
        cpu.fpu.free(i);
        cpu.fpu.pop();
    }

    /** FLD1, FLDL2T, FLDL2E, FLDPI, FLDLG2, FLDLN2, FLDZ by the rm field of ModRM. */
    public static void constant(Cpu cpu, Insn insn) {
        X87Load.constant(cpu.fpu, insn.rm & 7);
    }

    /** FCMOVcc: the condition is in the reg field, its negation is the DB opcode. */
    public static void fcmov(Cpu cpu, Insn insn, int i) {
        X87Load.conditionalMove(cpu.fpu, i, condition(cpu, insn));
    }

    /** FCMOVNcc. */
    public static void fcmovn(Cpu cpu, Insn insn, int i) {
        X87Load.conditionalMove(cpu.fpu, i, !condition(cpu, insn));
    }

    private static boolean condition(Cpu cpu, Insn insn) {
        return switch (insn.reg & 3) {
            case 0 -> Flags.carry(cpu);
            case 1 -> Flags.zero(cpu);
            case 2 -> Flags.carry(cpu) || Flags.zero(cpu);
            default -> Flags.parity(cpu);
        };
    }

    private static void store(Cpu cpu, long address, boolean write, int bytes, boolean pop) {
        if (write) {
            cpu.store(address, bytes, cpu.fpu.resultSignificand);
        }
        X87Store.commit(cpu.fpu, write, pop);
    }

    private static void store80(Cpu cpu, long address, boolean write) {
        if (write) {
            cpu.checkWrite(address, 8);
            cpu.checkWrite(address + 8, 2);
            cpu.store64(address, cpu.fpu.resultSignificand);
            cpu.store16(address + 8, cpu.fpu.resultExponent);
        }
        X87Store.commit(cpu.fpu, write, true);
    }

    /** FST m32fp. */
    public static void fst32(Cpu cpu, long address) {
        store(cpu, address, X87Store.prepareFloat32(cpu.fpu), 4, false);
    }

    /** FSTP m32fp. */
    public static void fstp32(Cpu cpu, long address) {
        store(cpu, address, X87Store.prepareFloat32(cpu.fpu), 4, true);
    }

    /** FST m64fp. */
    public static void fst64(Cpu cpu, long address) {
        store(cpu, address, X87Store.prepareFloat64(cpu.fpu), 8, false);
    }

    /** FSTP m64fp. */
    public static void fstp64(Cpu cpu, long address) {
        store(cpu, address, X87Store.prepareFloat64(cpu.fpu), 8, true);
    }

    /** FSTP m80fp. */
    public static void fstp80(Cpu cpu, long address) {
        store80(cpu, address, X87Store.prepareExtended(cpu.fpu));
    }

    /** FBSTP. */
    public static void fbstp(Cpu cpu, long address) {
        store80(cpu, address, X87Store.prepareDecimal(cpu.fpu));
    }

    /** FIST m16int. */
    public static void fist16(Cpu cpu, long address) {
        store(cpu, address, X87Store.prepareInteger(cpu.fpu, 16, false), 2, false);
    }

    /** FISTP m16int. */
    public static void fistp16(Cpu cpu, long address) {
        store(cpu, address, X87Store.prepareInteger(cpu.fpu, 16, false), 2, true);
    }

    /** FISTTP m16int. */
    public static void fisttp16(Cpu cpu, long address) {
        store(cpu, address, X87Store.prepareInteger(cpu.fpu, 16, true), 2, true);
    }

    /** FIST m32int. */
    public static void fist32(Cpu cpu, long address) {
        store(cpu, address, X87Store.prepareInteger(cpu.fpu, 32, false), 4, false);
    }

    /** FISTP m32int. */
    public static void fistp32(Cpu cpu, long address) {
        store(cpu, address, X87Store.prepareInteger(cpu.fpu, 32, false), 4, true);
    }

    /** FISTTP m32int. */
    public static void fisttp32(Cpu cpu, long address) {
        store(cpu, address, X87Store.prepareInteger(cpu.fpu, 32, true), 4, true);
    }

    /** FISTP m64int. */
    public static void fistp64(Cpu cpu, long address) {
        store(cpu, address, X87Store.prepareInteger(cpu.fpu, 64, false), 8, true);
    }

    /** FISTTP m64int. */
    public static void fisttp64(Cpu cpu, long address) {
        store(cpu, address, X87Store.prepareInteger(cpu.fpu, 64, true), 8, true);
    }
}
