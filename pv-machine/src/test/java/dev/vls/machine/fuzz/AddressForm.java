package dev.vls.machine.fuzz;

/**
 * A memory operand in one of the ways that ModRM and SIB offer, and the register contents that make
 * it point somewhere.
 */
final class AddressForm {
    private static final int NONE = -1;

    private final Rng random;
    private int mod;
    private int base;
    private int index;
    private int scale;
    private boolean sib;
    private boolean ripRelative;
    private int displacementBytes;
    private long displacement;
    private int displacementAt;

    AddressForm(Rng random) {
        this.random = random;
    }

    /** Picks a form. */
    void choose() {
        mod = random.below(3);
        index = NONE;
        scale = 0;
        sib = false;
        ripRelative = false;
        base = random.below(16);
        if (random.chance(10)) {
            mod = 0;
            base = NONE;
            ripRelative = true;
        } else if (random.chance(45) || (base & 7) == 4) {
            sib = true;
            scale = random.below(4);
            index = random.below(16);
            if (index == 4) {
                index = NONE;
            }
            if (mod == 0 && (base & 7) == 5) {
                base = NONE;
            }
        } else if (mod == 0 && (base & 7) == 5) {
            mod = 1;
        }
        displacementBytes = mod == 1 ? 1 : mod == 2 || base == NONE ? 4 : 0;
        displacement = chooseDisplacement();
    }

    /** A base register with a small displacement, for operands that stay where they are. */
    void chooseBase(int register) {
        mod = 1;
        index = NONE;
        scale = 0;
        sib = (register & 7) == 4;
        ripRelative = false;
        base = register;
        displacementBytes = 1;
        displacement = random.below(64) - 32L;
    }

    private long chooseDisplacement() {
        if (displacementBytes == 0) {
            return 0;
        }
        if (displacementBytes == 1) {
            return (byte) random.octet();
        }
        return random.chance(40) ? (byte) random.octet() : (int) random.word();
    }

    /** REX bits X and B. */
    int rex() {
        return (index != NONE && index > 7 ? 2 : 0) | (base != NONE && base > 7 ? 1 : 0);
    }

    void emit(CodeBuilder code, int reg) {
        int regBits = (reg & 7) << 3;
        if (sib) {
            code.add(mod << 6 | regBits | 4);
            code.add(
                    scale << 6
                            | (index == NONE ? 4 : index & 7) << 3
                            | (base == NONE ? 5 : base & 7));
        } else {
            code.add(mod << 6 | regBits | (ripRelative ? 5 : base & 7));
        }
        displacementAt = code.length();
        code.addNumber(displacement, displacementBytes);
    }

    /**
     * Makes the operand point at a target, by changing registers, a segment base or the
     * displacement; the code has been emitted.
     *
     * @param segmentBaseAt offset of the segment base in the slot, or 0 for none
     */
    void aim(
            CaseSlot slot,
            CodeBuilder code,
            long target,
            int segmentBaseAt,
            boolean address32,
            long nextRip) {
        long mask = address32 ? 0xFFFF_FFFFL : -1L;
        if (base == NONE && index == NONE) {
            aimByDisplacement(slot, code, target, segmentBaseAt, mask, nextRip);
            return;
        }
        long segmentBase = 0;
        if (segmentBaseAt != 0) {
            segmentBase =
                    canonical(address32 ? target - (random.word() & 0xFFFF_FFFFL) : random.word());
            slot.setStartLong(segmentBaseAt, segmentBase);
        }
        long wanted = target - segmentBase - displacement;
        if (base == NONE) {
            // The scaled index must reach it: what is left over goes into the displacement.
            long rest = wanted & ((1L << scale) - 1);
            displacement = (int) (displacement + rest);
            code.setNumber(displacementAt, displacement, displacementBytes);
            wanted = target - segmentBase - displacement;
            setRegister(slot, index, wanted >>> scale, mask >>> scale);
        } else if (index == NONE) {
            setRegister(slot, base, wanted, mask);
        } else if (index != base) {
            setRegister(slot, base, wanted - (slot.startGpr(index) << scale), mask);
        } else if (scale == 0) {
            setRegister(slot, base, wanted >>> 1, mask >>> 1);
        } else {
            setRegister(slot, base, wanted * inverse(1 + (1L << scale)), mask);
        }
    }

    private void aimByDisplacement(
            CaseSlot slot,
            CodeBuilder code,
            long target,
            int segmentBaseAt,
            long mask,
            long nextRip) {
        long origin = ripRelative ? nextRip : 0;
        if (segmentBaseAt != 0) {
            slot.setStartLong(segmentBaseAt, canonical(target - (origin + displacement & mask)));
        } else {
            displacement = target - origin;
            code.setNumber(displacementAt, displacement, 4);
        }
    }

    private static long canonical(long address) {
        return address << 16 >> 16;
    }

    /** Sets the bits under a mask; the others do not matter and stay. */
    private static void setRegister(CaseSlot slot, int register, long value, long mask) {
        slot.setStartGpr(register, (value & mask) | (slot.startGpr(register) & ~mask));
    }

    /** Inverse of an odd number modulo 2^64, by Newton's iteration. */
    private static long inverse(long odd) {
        long x = odd;
        for (int i = 0; i < 6; i++) {
            x *= 2 - odd * x;
        }
        return x;
    }
}
