package dev.vls.machine.frames;

import dev.vls.xen.abi.errno.XenErrno;

/**
 * The types of frames and their references: a frame has one type at a time, its references count
 * the uses as that type, and the type may change only when there are none. A table or descriptor
 * page is validated whole with its first reference; a table is let go of whole with its last
 * (_get_page_type, _put_page_type of arch/x86/mm.c, without preemption).
 *
 * <p>A type reference goes with a general one that the same user holds.
 */
public final class PageTypes {
    private static final int TYPE_MASK = 7;
    private static final int PINNED = 1 << 3;
    private static final int VALIDATED = 1 << 4;
    private static final int COUNT_MAX = Integer.MAX_VALUE;

    /** As the parent of a table where the reference does not come from a table. */
    static final long NO_TABLE = -1;

    private final FrameTable frames;
    private final PageTables tables;
    private final TlbCoherence tlbs;

    PageTypes(
            FrameTable frames, XenPageTables xenPageTables, DomainRules rules, TlbCoherence tlbs) {
        this.frames = frames;
        this.tlbs = tlbs;
        this.tables = new PageTables(frames, this, xenPageTables, rules);
    }

    PageTables tables() {
        return tables;
    }

    static byte sharedWritable() {
        return PageType.WRITABLE | VALIDATED;
    }

    /** {@link PageType} of a frame; it counts only while {@link #references} is not 0. */
    public int type(long mfn) {
        return frames.type[(int) mfn] & TYPE_MASK;
    }

    /** References as the current type. */
    public int references(long mfn) {
        return frames.typeCount[(int) mfn];
    }

    public boolean isPinned(long mfn) {
        return (frames.type[(int) mfn] & PINNED) != 0;
    }

    boolean isValidated(long mfn) {
        return (frames.type[(int) mfn] & VALIDATED) != 0;
    }

    /** The guest's pin: a reference by itself, taken and dropped by the caller. */
    void setPinned(long mfn, boolean pinned) {
        if (pinned) {
            frames.type[(int) mfn] |= (byte) PINNED;
        } else {
            frames.type[(int) mfn] &= (byte) ~PINNED;
        }
    }

    /** Whether a frame is in use as its type: what Xen's page_lock wants. */
    public boolean isInUse(long mfn) {
        return frames.typeCount[(int) mfn] != 0 && isValidated(mfn);
    }

    /** Whether a frame is a valid table of a level in use. */
    boolean isTable(long mfn, int level) {
        return isInUse(mfn) && type(mfn) == level;
    }

    /**
     * Takes a type reference; the caller holds a general one.
     *
     * @return 0, or the negated errno of what stands against it
     */
    public int getType(long mfn, int wanted) {
        int i = (int) mfn;
        if (frames.typeCount[i] == COUNT_MAX) {
            return -XenErrno.EINVAL;
        }
        if (frames.typeCount[i] == 0) {
            if (type(mfn) != wanted) {
                frames.type[i] = (byte) wanted;
            }
        } else if (type(mfn) != wanted || !isValidated(mfn)) {
            return -XenErrno.EINVAL;
        }
        frames.typeCount[i]++;
        return isValidated(mfn) ? 0 : validate(mfn, wanted);
    }

    private int validate(long mfn, int wanted) {
        int i = (int) mfn;
        int result = 0;
        if (wanted != PageType.WRITABLE) {
            frames.linear[i] = 0;
            result =
                    PageType.isTable(wanted)
                            ? tables.promote(mfn, wanted)
                            : SegmentDescriptors.validatePage(frames.memory(), mfn);
        }
        if (result == 0) {
            frames.type[i] |= (byte) VALIDATED;
        } else {
            frames.typeCount[i]--;
            frames.type[i] = PageType.NONE;
        }
        return result;
    }

    /** Drops a type reference that no table holds. */
    public void putType(long mfn) {
        putType(mfn, NO_TABLE);
    }

    /**
     * Drops a type reference.
     *
     * @param parent the table that held it, or {@link #NO_TABLE}
     */
    void putType(long mfn, long parent) {
        int i = (int) mfn;
        if (frames.typeCount[i] <= 0) {
            throw new IllegalStateException(
                    "frame 0x" + Long.toHexString(mfn) + " has no type reference");
        }
        boolean fromSameLevel = parent != NO_TABLE && type(mfn) == type(parent);
        if (frames.typeCount[i] == 1 && PageType.isTable(type(mfn))) {
            frames.type[i] &= (byte) ~VALIDATED;
            tables.demote(mfn, type(mfn), PageTableEntry.ENTRIES);
            if (type(mfn) == PageType.L4_TABLE) {
                tlbs.rootDropped(mfn);
            }
        }
        if (fromSameLevel) {
            frames.linear[i]++;
            frames.linear[(int) parent]--;
        }
        frames.typeCount[i]--;
    }

    /**
     * Takes both references on a frame of the guest; accepts any number.
     *
     * @return 0, or the negated errno
     */
    public int getPageAndType(long mfn, int wanted) {
        if (!frames.getPage(mfn, FrameOwner.GUEST)) {
            return -XenErrno.EINVAL;
        }
        int result = getType(mfn, wanted);
        if (result != 0) {
            frames.putPage(mfn);
        }
        return result;
    }

    public void putPageAndType(long mfn) {
        putType(mfn);
        frames.putPage(mfn);
    }
}
