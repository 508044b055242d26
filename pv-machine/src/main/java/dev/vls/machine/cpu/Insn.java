package dev.vls.machine.cpu;

import org.jspecify.annotations.Nullable;

/**
 * One decoded instruction: the fields say which registers, which address and which immediate; the
 * subclass, made by {@link FormCompiler} for the instruction's form, knows what to do with them.
 * Immutable once decoded, and independent of the linear address it was found at. Small, for what an
 * interpreter of much code waits for is its instructions to come out of memory: 48 bytes.
 */
public abstract class Insn {
    /** The next one of its block; the last has itself. */
    Insn next = this;

    public long displacement;

    /** A second immediate, that of ENTER, is in the upper half. */
    public long immediate;

    /** Slots of {@link Cpu#gpr} that make up the memory operand's address, and what is added. */
    public byte base = Cpu.ZERO;

    public byte index = Cpu.ZERO;
    public byte scale;

    /** Segment whose base is added; only FS and GS matter in 64-bit mode. */
    public byte segment = Cpu.DS;

    /** ModRM.reg, ModRM.rm or the opcode's low bits, and VEX.vvvv, extended by REX or VEX. */
    public byte reg;

    public byte rm;
    public byte vvvv;

    /** Bytes, 1 to 15. */
    public byte length;

    /** Operand size in bits: 16, 32 or 64. */
    public byte operandSize;

    /** The ModRM byte, 0 without one; see {@link #modrm()}. */
    byte modrm;

    /** 0, or the REP prefix F2 or F3. */
    public short repeat;

    /** Address-size override: addresses and string counts have 32 bits. */
    public boolean address32;

    /** The memory operand is in the stack segment: based on RSP or RBP without FS or GS. */
    boolean stackOperand;

    /** The instruction accesses the stack without naming it. */
    boolean implicitStack;

    /** ModRM.rm is memory. */
    boolean memoryOperand;

    /** Row and form, for the translator; null for an encoding that only raises an exception. */
    public abstract @Nullable Shape shape();

    final int modrm() {
        return modrm & 0xFF;
    }

    /** The second immediate of ENTER. */
    public final int immediate2() {
        return (int) (immediate >>> 32);
    }

    /** Does the instruction. RIP already points behind it. */
    public abstract void execute(Cpu cpu);

    /** A new instruction of the same form. */
    abstract Insn fresh();

    public final long address(Cpu cpu) {
        return cpu.gpr[base] + (cpu.gpr[index] << scale) + displacement;
    }

    /** Offset of the memory operand within its segment. */
    final long offset(Cpu cpu) {
        return address32 ? address32(cpu) : address(cpu);
    }

    /** Linear address of the memory operand, moved within its segment. */
    public final long addressPlus(Cpu cpu, long offset) {
        long effective = address(cpu) + offset;
        return (address32 ? effective & 0xFFFF_FFFFL : effective) + cpu.segmentBase[segment];
    }

    /**
     * Whether a non-canonical address at which this instruction faulted is the stack's: then it is
     * #SS instead of #GP.
     */
    final boolean blamesStack(Cpu cpu) {
        if (!implicitStack || !memoryOperand) {
            return implicitStack || stackOperand;
        }
        long intoOperand = cpu.faultAddress - addressPlus(cpu, 0);
        boolean inOperand = intoOperand >= 0 && intoOperand < 16;
        return !inOperand || stackOperand;
    }

    final long addressInSegment(Cpu cpu) {
        return address(cpu) + cpu.segmentBase[segment];
    }

    final long address32(Cpu cpu) {
        return address(cpu) & 0xFFFF_FFFFL;
    }

    final long address32InSegment(Cpu cpu) {
        return (address(cpu) & 0xFFFF_FFFFL) + cpu.segmentBase[segment];
    }
}
