package dev.vls.machine.image;

/**
 * Cylinders, heads and sectors as a VHD names them; the specification's appendix "CHS Calculation".
 *
 * @param sectorsPerTrack 0 to 255
 */
record VhdGeometry(int cylinders, int heads, int sectorsPerTrack) {
    static final VhdGeometry LARGEST = new VhdGeometry(65535, 16, 255);

    static VhdGeometry of(long sectors) {
        long total = Math.min(sectors, LARGEST.sectors());
        if (total >= 65535L * 16 * 63) {
            return new VhdGeometry((int) (total / 255 / 16), 16, 255);
        }
        int perTrack = 17;
        long tracks = total / 17;
        int heads = (int) Math.max(4, (tracks + 1023) / 1024);
        if (tracks >= heads * 1024L || heads > 16) {
            perTrack = 31;
            heads = 16;
            tracks = total / 31;
        }
        if (tracks >= heads * 1024L) {
            perTrack = 63;
            heads = 16;
            tracks = total / 63;
        }
        return new VhdGeometry((int) (tracks / heads), heads, perTrack);
    }

    long sectors() {
        return (long) cylinders * heads * sectorsPerTrack;
    }
}
