package dev.vls.machine.cpu;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.vls.machine.memory.MachineMemory;
import dev.vls.machine.memory.PageWalker;
import java.math.BigInteger;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Unevaluated flags against flags worked out with unlimited integers. */
class FlagsTest {
    private static final long SEED = Long.getLong("test.seed", 20261120L);
    private static final int[] WIDTHS = {8, 16, 32, 64};

    private final SplittableRandom random = new SplittableRandom(SEED);
    private final MachineMemory memory = MachineMemory.allocate(1 << 16);
    private final FlatWorld world = new FlatWorld(4096);
    private final Cpu cpu = new Cpu(0, memory, new PageWalker(memory), world);

    private long operand(int width) {
        long edge =
                switch (random.nextInt(6)) {
                    case 0 -> 0;
                    case 1 -> -1;
                    case 2 -> 1L << (width - 1);
                    case 3 -> (1L << (width - 1)) - 1;
                    case 4 -> random.nextInt(4);
                    default -> random.nextLong();
                };
        return edge & (-1L >>> (64 - width));
    }

    private static BigInteger unsigned(long value) {
        return new BigInteger(Long.toUnsignedString(value));
    }

    private static BigInteger signed(long value, int width) {
        return BigInteger.valueOf(value << (64 - width) >> (64 - width));
    }

    private static int expected(
            BigInteger unsignedResult, BigInteger signedResult, int nibble, int width) {
        BigInteger modulus = BigInteger.ONE.shiftLeft(width);
        long low = unsignedResult.mod(modulus).longValue();
        BigInteger half = modulus.shiftRight(1);
        boolean carry = unsignedResult.signum() < 0 || unsignedResult.compareTo(modulus) >= 0;
        boolean overflow =
                signedResult.compareTo(half) >= 0 || signedResult.compareTo(half.negate()) < 0;
        return (carry ? Flags.CF : 0)
                | (Integer.bitCount((int) low & 0xFF) % 2 == 0 ? Flags.PF : 0)
                | (nibble < 0 || nibble > 15 ? Flags.AF : 0)
                | (low == 0 ? Flags.ZF : 0)
                | ((low >>> (width - 1) & 1) != 0 ? Flags.SF : 0)
                | (overflow ? Flags.OF : 0);
    }

    @Test
    void additionsAndSubtractionsGiveTheManualsFlags() {
        for (int i = 0; i < 200_000; i++) {
            int width = WIDTHS[i & 3];
            long a = operand(width);
            long b = operand(width);
            int carry = random.nextInt(2);
            BigInteger c = BigInteger.valueOf(carry);
            Flags.add(cpu, a, b, a + b + carry, width);
            int nibble = (int) (a & 15) + (int) (b & 15) + carry;
            assertEquals(
                    expected(
                            unsigned(a).add(unsigned(b)).add(c),
                            signed(a, width).add(signed(b, width)).add(c),
                            nibble,
                            width),
                    Flags.arithmetic(cpu),
                    () -> "add, seed " + SEED);
            Flags.sub(cpu, a, b, a - b - carry, width);
            nibble = (int) (a & 15) - (int) (b & 15) - carry;
            assertEquals(
                    expected(
                            unsigned(a).subtract(unsigned(b)).subtract(c),
                            signed(a, width).subtract(signed(b, width)).subtract(c),
                            nibble,
                            width),
                    Flags.arithmetic(cpu),
                    () -> "sub, seed " + SEED);
        }
    }

    @Test
    void incAndDecKeepCarryAndElseAgreeWithAddAndSub() {
        for (int i = 0; i < 100_000; i++) {
            int width = WIDTHS[i & 3];
            long a = operand(width);
            int before = random.nextInt() & Flags.ARITHMETIC;
            Flags.add(cpu, a, 1, a + 1, width);
            int added = Flags.arithmetic(cpu) & ~Flags.CF;
            Flags.sub(cpu, a, 1, a - 1, width);
            int subtracted = Flags.arithmetic(cpu) & ~Flags.CF;
            Flags.setArithmetic(cpu, before);
            Flags.inc(cpu, a, a + 1, width);
            assertEquals(added | (before & Flags.CF), Flags.arithmetic(cpu));
            Flags.setArithmetic(cpu, before);
            Flags.dec(cpu, a, a - 1, width);
            assertEquals(subtracted | (before & Flags.CF), Flags.arithmetic(cpu));
        }
    }

    @Test
    void everyCombinationOfFlagsCanBeSetAndChangedOneByOne() {
        for (int bits = 0; bits < 64; bits++) {
            int flags = 0;
            int[] places = {Flags.CF, Flags.PF, Flags.AF, Flags.ZF, Flags.SF, Flags.OF};
            for (int i = 0; i < 6; i++) {
                flags |= (bits >>> i & 1) != 0 ? places[i] : 0;
            }
            Flags.setArithmetic(cpu, flags);
            assertEquals(flags, Flags.arithmetic(cpu));
            Flags.setCarry(cpu, (flags & Flags.CF) == 0);
            assertEquals(flags ^ Flags.CF, Flags.arithmetic(cpu));
            Flags.setZero(cpu, (flags & Flags.ZF) == 0);
            assertEquals(flags ^ Flags.CF ^ Flags.ZF, Flags.arithmetic(cpu));
        }
    }
}
