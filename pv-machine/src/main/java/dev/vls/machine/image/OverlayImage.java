package dev.vls.machine.image;

import java.nio.ByteBuffer;
import java.util.BitSet;

/**
 * A disk that starts out equal to another one, which it leaves alone: what is written goes to a
 * second image. What is where is kept in memory, so that the second one is of no use afterwards.
 */
public final class OverlayImage implements DiskImage {
    private final DiskImage base;
    private final DiskImage top;

    /** Sectors that the second image holds. */
    private final BitSet written = new BitSet();

    /** Sectors that were discarded since they were written. */
    private final BitSet blank = new BitSet();

    /**
     * Both belong to the overlay, which closes them.
     *
     * @param base is only read
     * @param top as large, and of any content
     * @throws ImageException if the disk has more than 1 TiB
     */
    public OverlayImage(DiskImage base, DiskImage top) {
        if (base.sectors() > Integer.MAX_VALUE) {
            throw new ImageException(base.name(), "is larger than 1 TiB", "use a smaller disk");
        }
        this.base = base;
        this.top = top;
    }

    @Override
    public String name() {
        return base.name();
    }

    @Override
    public long sectors() {
        return base.sectors();
    }

    @Override
    public boolean isWritable() {
        return true;
    }

    @Override
    public void read(long sector, ByteBuffer target) {
        DiskImage.checkRange(this, sector, target.remaining());
        int at = (int) sector;
        while (target.hasRemaining()) {
            int end = Math.min(runEnd(at), at + target.remaining() / SECTOR_SIZE);
            int limit = target.limit();
            target.limit(target.position() + (end - at) * SECTOR_SIZE);
            if (blank.get(at)) {
                zero(target);
            } else {
                (written.get(at) ? top : base).read(at, target);
            }
            target.limit(limit);
            at = end;
        }
    }

    /** Where what comes from one place ends. */
    private int runEnd(int at) {
        return Math.min(changeOf(blank, at), changeOf(written, at));
    }

    private static int changeOf(BitSet bits, int at) {
        int end = bits.get(at) ? bits.nextClearBit(at) : bits.nextSetBit(at);
        return end < 0 ? Integer.MAX_VALUE : end;
    }

    private static void zero(ByteBuffer target) {
        while (target.hasRemaining()) {
            target.put((byte) 0);
        }
    }

    @Override
    public void write(long sector, ByteBuffer source) {
        DiskImage.checkRange(this, sector, source.remaining());
        int from = (int) sector;
        int to = from + source.remaining() / SECTOR_SIZE;
        top.write(sector, source);
        written.set(from, to);
        blank.clear(from, to);
    }

    @Override
    public boolean canDiscard() {
        return true;
    }

    @Override
    public void discard(long sector, long count) {
        DiskImage.checkRange(this, sector, Math.multiplyExact(count, SECTOR_SIZE));
        blank.set((int) sector, (int) (sector + count));
    }

    /** What the overlay has is lost with it: there is nothing to make safe. */
    @Override
    public void flush() {}

    @Override
    public long zerosFrom(long sector, long count) {
        DiskImage.checkRange(this, sector, Math.multiplyExact(count, SECTOR_SIZE));
        if (count == 0 || !blank.get((int) sector)) {
            return 0;
        }
        return Math.min(blank.nextClearBit((int) sector) - sector, count);
    }

    @Override
    public void close() {
        try {
            top.close();
        } finally {
            base.close();
        }
    }
}
