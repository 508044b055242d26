package dev.vls.machine.image;

import java.nio.ByteBuffer;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Which sectors of a block the file holds: one bit a sector, the first the highest bit of the first
 * byte. Changes stay in memory until they are told to go to the file.
 */
final class BlockBitmaps {
    /** Bitmaps kept in memory, in bytes; what has changed is kept beyond. */
    private static final int CACHE_BYTES_MAX = 4 << 20;

    private static final class Bitmap {
        final byte[] bits;
        boolean changed;

        Bitmap(byte[] bits) {
            this.bits = bits;
        }
    }

    private final CheckedFile file;
    private final BlockTable table;
    private final int bitmapBytes;
    private final int cachedMax;

    /** The least recently used first. */
    private final Map<Integer, Bitmap> cache = new LinkedHashMap<>(16, 0.75f, true);

    private int changed;

    /**
     * @param bitmapBytes of one block, whole sectors
     */
    BlockBitmaps(CheckedFile file, BlockTable table, int bitmapBytes) {
        this.file = file;
        this.table = table;
        this.bitmapBytes = bitmapBytes;
        this.cachedMax = Math.max(4, CACHE_BYTES_MAX / bitmapBytes);
    }

    boolean isSet(int block, int sector) {
        return isSet(load(block).bits, sector);
    }

    /** How many sectors from here on, up to count, have the bit as this one has it. */
    int run(int block, int sector, int count) {
        byte[] bits = load(block).bits;
        boolean first = isSet(bits, sector);
        int length = 1;
        while (length < count && isSet(bits, sector + length) == first) {
            length++;
        }
        return length;
    }

    void set(int block, int sector, int count) {
        Bitmap bitmap = load(block);
        boolean differs = false;
        for (int i = sector; i < sector + count; i++) {
            differs |= !isSet(bitmap.bits, i);
            bitmap.bits[i >>> 3] |= (byte) (0x80 >>> (i & 7));
        }
        if (differs) {
            markChanged(bitmap);
        }
    }

    /** A new block, of which the file holds nothing yet. */
    void add(int block) {
        Bitmap bitmap = new Bitmap(new byte[bitmapBytes]);
        cache.put(block, bitmap);
        markChanged(bitmap);
    }

    /** Whether so much has changed that it should go to the file. */
    boolean isCrowded() {
        return changed >= cachedMax;
    }

    boolean isWritten() {
        return changed == 0;
    }

    /** Writes what has changed. */
    void write() {
        for (Map.Entry<Integer, Bitmap> entry : cache.entrySet()) {
            Bitmap bitmap = entry.getValue();
            if (bitmap.changed) {
                file.write(table.offsetOf(entry.getKey()), ByteBuffer.wrap(bitmap.bits));
                bitmap.changed = false;
                changed--;
            }
        }
    }

    private void markChanged(Bitmap bitmap) {
        if (!bitmap.changed) {
            bitmap.changed = true;
            changed++;
        }
    }

    private Bitmap load(int block) {
        Bitmap bitmap = cache.get(block);
        if (bitmap == null) {
            bitmap = new Bitmap(file.read(table.offsetOf(block), bitmapBytes));
            evict();
            cache.put(block, bitmap);
        }
        return bitmap;
    }

    private void evict() {
        Iterator<Bitmap> oldest = cache.values().iterator();
        while (cache.size() >= cachedMax && oldest.hasNext()) {
            if (!oldest.next().changed) {
                oldest.remove();
            }
        }
    }

    private static boolean isSet(byte[] bits, int sector) {
        return (bits[sector >>> 3] & 0x80 >>> (sector & 7)) != 0;
    }
}
