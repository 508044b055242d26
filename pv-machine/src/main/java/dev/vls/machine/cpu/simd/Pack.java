package dev.vls.machine.cpu.simd;

/** Narrowing with saturation: the elements of a, then those of b. The source is always signed. */
public final class Pack {
    private Pack() {}

    private static long words(long a, int least, int greatest) {
        long result = 0;
        for (int i = 0; i < 4; i++) {
            int word = (short) (a >>> (16 * i));
            result |= (Math.clamp(word, least, greatest) & 0xFFL) << (8 * i);
        }
        return result;
    }

    private static long doublewords(long a, int least, int greatest) {
        int low = (int) a;
        int high = (int) (a >>> 32);
        return (Math.clamp(low, least, greatest) & 0xFFFFL)
                | (Math.clamp(high, least, greatest) & 0xFFFFL) << 16;
    }

    public static long packsswb(long a, long b) {
        return words(a, Byte.MIN_VALUE, Byte.MAX_VALUE)
                | words(b, Byte.MIN_VALUE, Byte.MAX_VALUE) << 32;
    }

    public static long packuswb(long a, long b) {
        return words(a, 0, 0xFF) | words(b, 0, 0xFF) << 32;
    }

    public static long packssdw(long a, long b) {
        return doublewords(a, Short.MIN_VALUE, Short.MAX_VALUE)
                | doublewords(b, Short.MIN_VALUE, Short.MAX_VALUE) << 32;
    }

    public static long packusdw(long a, long b) {
        return doublewords(a, 0, 0xFFFF) | doublewords(b, 0, 0xFFFF) << 32;
    }
}
