package dev.vls.machine.image;

import java.math.BigInteger;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Reads a whole dynamic or differencing VHD by the specification, with no code of the product. */
final class IndependentVhdReader {
    private IndependentVhdReader() {}

    static byte[] read(byte[] file, byte @Nullable [] parent) {
        int footer = file.length - 512;
        long header = number(file, footer + 16, 8);
        int size = (int) number(file, footer + 48, 8);
        long table = number(file, (int) header + 16, 8);
        int blockSize = (int) number(file, (int) header + 32, 4);
        int bitmapSize = Math.max(512, blockSize / 512 / 8);
        byte[] disk = parent == null ? new byte[size] : Arrays.copyOf(parent, size);
        for (int sector = 0; sector < size / 512; sector++) {
            int block = (int) ((long) sector * 512 / blockSize);
            long entry = number(file, (int) table + 4 * block, 4);
            if (entry == 0xFFFF_FFFFL) {
                continue;
            }
            int within = sector - block * (blockSize / 512);
            int bitmap = (int) (entry * 512);
            boolean here = (file[bitmap + within / 8] << within % 8 & 0x80) != 0;
            if (here) {
                System.arraycopy(file, bitmap + bitmapSize + within * 512, disk, sector * 512, 512);
            }
        }
        return disk;
    }

    private static long number(byte[] file, int offset, int length) {
        return new BigInteger(1, Arrays.copyOfRange(file, offset, offset + length)).longValue();
    }
}
