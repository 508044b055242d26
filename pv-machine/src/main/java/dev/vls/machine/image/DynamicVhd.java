package dev.vls.machine.image;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * A dynamic or differencing VHD: blocks come into being when they are first written; what the file
 * does not hold is the parent's, or zero.
 *
 * <p>The order of writes ({@code docs/spec/vhd.md}): data at once; at a flush, when the data is
 * safe, the bitmaps and the footer behind the last block; when those are safe, the table. So the
 * file never refers to what is not there.
 */
final class DynamicVhd implements DiskImage {
    private static final int DISCARD_SECTORS_MAX = 2048;

    private final CheckedFile file;
    private final VhdFooter footer;
    private final BlockTable table;
    private final BlockBitmaps bitmaps;
    private final @Nullable DiskImage parent;
    private final long sectors;
    private final int sectorsPerBlock;
    private final int bitmapBytes;

    /** Where the next block goes; the footer stands there. */
    private long dataEnd;

    private boolean footerMoved;

    private DynamicVhd(
            CheckedFile file,
            VhdFooter footer,
            VhdHeader header,
            BlockTable table,
            @Nullable DiskImage parent) {
        this.file = file;
        this.footer = footer;
        this.table = table;
        this.parent = parent;
        this.sectors = footer.sectors();
        this.sectorsPerBlock = header.blockSize() / SECTOR_SIZE;
        this.bitmapBytes = bitmapBytes(header.blockSize());
        this.bitmaps = new BlockBitmaps(file, table, bitmapBytes);
    }

    /** Bytes of a block's bitmap: whole sectors. */
    static int bitmapBytes(int blockSize) {
        int bytes = blockSize / SECTOR_SIZE / 8;
        return (bytes + SECTOR_SIZE - 1) / SECTOR_SIZE * SECTOR_SIZE;
    }

    /**
     * Opens one whose footer and header are known to be sound, and repairs what a crash may have
     * left: no footer, or half of one, at the end.
     *
     * @param footerAtEnd whether a sound footer stands at the end
     */
    static DynamicVhd open(
            CheckedFile file,
            VhdFooter footer,
            VhdHeader header,
            @Nullable DiskImage parent,
            boolean footerAtEnd) {
        long perBlock = header.blockSize() / SECTOR_SIZE;
        long blocks = (footer.sectors() + perBlock - 1) / perBlock;
        BlockTable table = BlockTable.read(file, header, blocks);
        DynamicVhd disk = new DynamicVhd(file, footer, header, table, parent);
        long used = VhdLayout.check(file, footer, header, table.usedOffsets());
        disk.dataEnd = footerAtEnd ? file.size() - VhdFooter.SIZE : used;
        if (file.file.isWritable() && !footerAtEnd) {
            file.truncate(used);
            file.write(used, ByteBuffer.wrap(footer.encode()));
            file.flush();
        }
        return disk;
    }

    @Override
    public String name() {
        return file.name();
    }

    @Override
    public long sectors() {
        return sectors;
    }

    @Override
    public boolean isWritable() {
        return file.file.isWritable();
    }

    @Override
    public void read(long sector, ByteBuffer target) {
        DiskImage.checkRange(this, sector, target.remaining());
        int end = target.limit();
        long at = sector;
        while (target.position() < end) {
            int block = (int) (at / sectorsPerBlock);
            int within = (int) (at % sectorsPerBlock);
            int left = (end - target.position()) / SECTOR_SIZE;
            int count = Math.min(left, sectorsPerBlock - within);
            boolean here = false;
            if (table.isUsed(block)) {
                count = bitmaps.run(block, within, count);
                here = bitmaps.isSet(block, within);
            }
            target.limit(target.position() + count * SECTOR_SIZE);
            if (here) {
                file.read(dataOffset(block, within), target);
            } else {
                readBelow(at, target);
            }
            target.limit(end);
            at += count;
        }
    }

    /** What the file does not hold: the parent's, as far as the parent goes. */
    private void readBelow(long sector, ByteBuffer target) {
        int end = target.limit();
        if (parent != null && sector < parent.sectors()) {
            long bytes = (parent.sectors() - sector) * SECTOR_SIZE;
            target.limit((int) Math.min(end, target.position() + bytes));
            parent.read(sector, target);
            target.limit(end);
        }
        while (target.remaining() >= 8) {
            target.putLong(0);
        }
    }

    @Override
    public void write(long sector, ByteBuffer source) {
        DiskImage.checkWritable(this);
        DiskImage.checkRange(this, sector, source.remaining());
        int end = source.limit();
        long at = sector;
        while (source.position() < end) {
            int block = (int) (at / sectorsPerBlock);
            int within = (int) (at % sectorsPerBlock);
            int left = (end - source.position()) / SECTOR_SIZE;
            int count = Math.min(left, sectorsPerBlock - within);
            if (!table.isUsed(block)) {
                allocate(block);
            }
            source.limit(source.position() + count * SECTOR_SIZE);
            file.write(dataOffset(block, within), source);
            source.limit(end);
            bitmaps.set(block, within, count);
            at += count;
        }
        if (bitmaps.isCrowded()) {
            flush();
        }
    }

    private void allocate(int block) {
        table.place(block, dataEnd);
        bitmaps.add(block);
        dataEnd += bitmapBytes + (long) sectorsPerBlock * SECTOR_SIZE;
        footerMoved = true;
    }

    /** A block once there stays there. */
    @Override
    public boolean canDiscard() {
        return false;
    }

    @Override
    public void discard(long sector, long count) {
        DiskImage.checkWritable(this);
        DiskImage.checkRange(this, sector, Math.multiplyExact(count, SECTOR_SIZE));
        ByteBuffer zeros = ByteBuffer.allocate(DISCARD_SECTORS_MAX * SECTOR_SIZE);
        long end = sector + count;
        long at = sector;
        while (at < end) {
            at += zerosFrom(at, end - at);
            long inBlock = sectorsPerBlock - at % sectorsPerBlock;
            int piece = (int) Math.min(Math.min(end - at, inBlock), DISCARD_SECTORS_MAX);
            if (piece > 0) {
                write(at, zeros.clear().limit(piece * SECTOR_SIZE));
                at += piece;
            }
        }
    }

    @Override
    public long zerosFrom(long sector, long count) {
        long at = sector;
        while (at < sector + count) {
            int block = (int) (at / sectorsPerBlock);
            int within = (int) (at % sectorsPerBlock);
            int piece = (int) Math.min(sector + count - at, sectorsPerBlock - within);
            if (table.isUsed(block)) {
                piece = bitmaps.run(block, within, piece);
                if (bitmaps.isSet(block, within)) {
                    break;
                }
            }
            long zeros = zerosBelow(at, piece);
            at += zeros;
            if (zeros < piece) {
                break;
            }
        }
        return at - sector;
    }

    private long zerosBelow(long sector, long count) {
        if (parent == null || sector >= parent.sectors()) {
            return count;
        }
        long within = Math.min(count, parent.sectors() - sector);
        long zeros = parent.zerosFrom(sector, within);
        return zeros == within ? count : zeros;
    }

    @Override
    public void flush() {
        if (!isWritable()) {
            return;
        }
        file.flush();
        if (!bitmaps.isWritten() || footerMoved || !table.isWritten()) {
            bitmaps.write();
            if (footerMoved) {
                file.write(dataEnd, ByteBuffer.wrap(footer.encode()));
                footerMoved = false;
            }
            file.flush();
            if (!table.isWritten()) {
                table.write();
                file.flush();
            }
        }
    }

    @Override
    public void close() {
        try {
            flush();
        } finally {
            try {
                file.close();
            } finally {
                if (parent != null) {
                    parent.close();
                }
            }
        }
    }

    private long dataOffset(int block, int sectorInBlock) {
        return table.offsetOf(block) + bitmapBytes + (long) sectorInBlock * SECTOR_SIZE;
    }
}
