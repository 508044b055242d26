package dev.vls.machine.hypervisor;

/** Checks of code and data segment descriptors as the processor makes them (SDM vol. 3, 3.4.5). */
final class SegmentDescriptor {
    private static final long PRESENT = 1L << 47;
    private static final long CODE_OR_DATA = 1L << 44;
    private static final long CODE = 1L << 43;
    private static final long CONFORMING = 1L << 42;
    private static final long WRITABLE_OR_READABLE = 1L << 41;
    private static final long LONG_MODE = 1L << 53;

    private SegmentDescriptor() {}

    static boolean isPresent(long descriptor) {
        return (descriptor & PRESENT) != 0;
    }

    /** 64-bit code for ring 3; {@link #isPresent} is a matter of its own. */
    static boolean isUserCode64(long descriptor) {
        return (descriptor & (CODE_OR_DATA | CODE | LONG_MODE)) == (CODE_OR_DATA | CODE | LONG_MODE)
                && ((descriptor & CONFORMING) != 0 || dpl(descriptor) == 3);
    }

    /** Writable data for ring 3. */
    static boolean isUserStack(long descriptor) {
        return (descriptor & (CODE_OR_DATA | CODE | WRITABLE_OR_READABLE))
                        == (CODE_OR_DATA | WRITABLE_OR_READABLE)
                && dpl(descriptor) == 3;
    }

    /** What MOV to DS, ES, FS or GS accepts from ring 3. */
    static boolean isLoadableData(long descriptor) {
        if ((descriptor & CODE_OR_DATA) == 0 || !isPresent(descriptor)) {
            return false;
        }
        if ((descriptor & CODE) == 0) {
            return dpl(descriptor) == 3;
        }
        return (descriptor & WRITABLE_OR_READABLE) != 0
                && ((descriptor & CONFORMING) != 0 || dpl(descriptor) == 3);
    }

    /** The 32-bit base address. */
    static long base(long descriptor) {
        return (descriptor >>> 16 & 0xFF_FFFF) | (descriptor >>> 56 & 0xFF) << 24;
    }

    private static int dpl(long descriptor) {
        return (int) (descriptor >>> 45) & 3;
    }
}
