package dev.vls.machine.image;

import java.nio.ByteBuffer;

/** Sectors at the place that their number says: a raw image, or the data of a fixed VHD. */
final class RawImage implements DiskImage {
    private final CheckedFile file;
    private final long sectors;

    /**
     * @param sectors from the start of the file
     */
    RawImage(CheckedFile file, long sectors) {
        this.file = file;
        this.sectors = sectors;
    }

    /** The whole file; what is left behind the last whole sector does not count. */
    static RawImage open(CheckedFile file) {
        return new RawImage(file, file.size() / SECTOR_SIZE);
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
        file.read(sector * SECTOR_SIZE, target);
    }

    @Override
    public void write(long sector, ByteBuffer source) {
        DiskImage.checkWritable(this);
        DiskImage.checkRange(this, sector, source.remaining());
        file.write(sector * SECTOR_SIZE, source);
    }

    @Override
    public boolean canDiscard() {
        return true;
    }

    @Override
    public void discard(long sector, long count) {
        DiskImage.checkWritable(this);
        DiskImage.checkRange(this, sector, Math.multiplyExact(count, SECTOR_SIZE));
        file.clear(sector * SECTOR_SIZE, count * SECTOR_SIZE);
    }

    @Override
    public void flush() {
        if (isWritable()) {
            file.flush();
        }
    }

    @Override
    public long zerosFrom(long sector, long count) {
        return 0;
    }

    @Override
    public void close() {
        try {
            flush();
        } finally {
            file.close();
        }
    }
}
