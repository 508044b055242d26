package dev.vls.machine.frames;

/** What a frame is used as, one at a time: Xen's {@code PGT_*} types (asm/mm.h), same numbers. */
public final class PageType {
    /** No use that excludes another. */
    public static final int NONE = 0;

    public static final int L1_TABLE = 1;
    public static final int L2_TABLE = 2;
    public static final int L3_TABLE = 3;
    public static final int L4_TABLE = 4;

    /** Holds descriptors of a GDT or LDT. */
    public static final int SEGMENT_DESCRIPTORS = 5;

    /** Has writable mappings. */
    public static final int WRITABLE = 7;

    private PageType() {}

    /** Whether the type is a page table of any level. */
    static boolean isTable(int type) {
        return type >= L1_TABLE && type <= L4_TABLE;
    }
}
