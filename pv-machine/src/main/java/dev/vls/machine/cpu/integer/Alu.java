package dev.vls.machine.cpu.integer;

import dev.vls.machine.cpu.Cpu;
import dev.vls.machine.cpu.Flags;
import dev.vls.machine.cpu.Insn;

/** Addition, subtraction and logic. Flags are recorded by the row's recorder, not here. */
public final class Alu {
    private Alu() {}

    public static long add(long a, long b) {
        return a + b;
    }

    public static long adc(Cpu cpu, long a, long b) {
        return a + b + Flags.carryBit(cpu);
    }

    public static long sub(long a, long b) {
        return a - b;
    }

    public static long sbb(Cpu cpu, long a, long b) {
        return a - b - Flags.carryBit(cpu);
    }

    public static long and(long a, long b) {
        return a & b;
    }

    public static long or(long a, long b) {
        return a | b;
    }

    public static long xor(long a, long b) {
        return a ^ b;
    }

    public static long inc(long a) {
        return a + 1;
    }

    public static long dec(long a) {
        return a - 1;
    }

    public static long neg(long a) {
        return -a;
    }

    public static long not(long a) {
        return ~a;
    }

    /** XADD: the sum goes to the destination, the destination's old value to the source. */
    public static long xadd(Cpu cpu, long a, long b) {
        cpu.secondResult = a;
        return a + b;
    }

    /** CMPXCHG: the destination is written either way, as processors do. */
    public static long cmpxchg(Cpu cpu, long a, long b, int width) {
        long mask = Widths.mask(width);
        long accumulator = cpu.gpr[Cpu.RAX] & mask;
        Flags.sub(cpu, accumulator, a, accumulator - a, width);
        if (accumulator == a) {
            return b;
        }
        Widths.write(cpu, Cpu.RAX, a, width);
        return a;
    }

    /** CMPXCHG with a register: of 32 bits, it is zero-extended only when it changes. */
    public static void cmpxchgRegister(Cpu cpu, Insn insn, long a, long b, int width) {
        long result = cmpxchg(cpu, a, b, width);
        if (Flags.zero(cpu)) {
            Widths.write(cpu, insn.rm, result, width);
        }
    }

    /** CMPXCHG8B: EDX:EAX against memory, ECX:EBX stored. */
    public static void cmpxchg8b(Cpu cpu, long address) {
        cpu.checkWrite(address, 8);
        long old = cpu.load64(address);
        long expected = (cpu.gpr[Cpu.RDX] << 32) | (cpu.gpr[Cpu.RAX] & 0xFFFF_FFFFL);
        if (old == expected) {
            cpu.store64(address, (cpu.gpr[Cpu.RCX] << 32) | (cpu.gpr[Cpu.RBX] & 0xFFFF_FFFFL));
            Flags.setZero(cpu, true);
        } else {
            cpu.store64(address, old);
            cpu.gpr[Cpu.RAX] = old & 0xFFFF_FFFFL;
            cpu.gpr[Cpu.RDX] = old >>> 32;
            Flags.setZero(cpu, false);
        }
    }

    /** CMPXCHG16B: RDX:RAX against memory aligned to 16 bytes, RCX:RBX stored. */
    public static void cmpxchg16b(Cpu cpu, long address) {
        cpu.checkWrite(address, 16);
        long low = cpu.load64(address);
        long high = cpu.load64(address + 8);
        if (low == cpu.gpr[Cpu.RAX] && high == cpu.gpr[Cpu.RDX]) {
            cpu.store64(address, cpu.gpr[Cpu.RBX]);
            cpu.store64(address + 8, cpu.gpr[Cpu.RCX]);
            Flags.setZero(cpu, true);
        } else {
            cpu.store64(address, low);
            cpu.store64(address + 8, high);
            cpu.gpr[Cpu.RAX] = low;
            cpu.gpr[Cpu.RDX] = high;
            Flags.setZero(cpu, false);
        }
    }

    /** ADCX: addition with CF alone. */
    public static long adcx(Cpu cpu, long a, long b, int width) {
        long carry = Flags.carryBit(cpu);
        long sum = a + b + carry;
        Flags.setCarryOverflow(cpu, Widths.carryOut(a, b, sum, width), Flags.overflow(cpu));
        return sum;
    }

    /** ADOX: addition with OF as the carry. */
    public static long adox(Cpu cpu, long a, long b, int width) {
        boolean overflow = Flags.overflow(cpu);
        long sum = a + b + (overflow ? 1 : 0);
        Flags.setCarryOverflow(cpu, Flags.carry(cpu), Widths.carryOut(a, b, sum, width));
        return sum;
    }
}
