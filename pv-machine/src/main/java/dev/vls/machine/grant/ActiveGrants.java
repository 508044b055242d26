package dev.vls.machine.grant;

import dev.vls.machine.state.StateFields;
import java.util.Arrays;

/**
 * Of each grant reference, how often and how it is in use, and what it gave when it was first used:
 * Xen's active entries. Four counters of eight bits, at their places in Xen's {@code pin}.
 */
final class ActiveGrants {
    /** Writable and read-only mappings by processors, and by devices. */
    static final int HOST_WRITE = 1;

    static final int HOST_READ = 1 << 8;
    static final int DEVICE_WRITE = 1 << 16;
    static final int DEVICE_READ = 1 << 24;

    private static final int COUNTER_MASK = 0xFF;
    private static final int WRITERS = HOST_WRITE * COUNTER_MASK | DEVICE_WRITE * COUNTER_MASK;
    private static final int COUNTER_TOP_SHIFT = 7;

    private int[] pin = {};
    private int[] domid = {};
    private long[] mfn = {};
    private int[] start = {};
    private int[] length = {};
    private boolean[] subPage = {};

    void resize(int entries) {
        pin = Arrays.copyOf(pin, entries);
        domid = Arrays.copyOf(domid, entries);
        mfn = Arrays.copyOf(mfn, entries);
        start = Arrays.copyOf(start, entries);
        length = Arrays.copyOf(length, entries);
        subPage = Arrays.copyOf(subPage, entries);
    }

    /** Forgets all entries. */
    void clear() {
        resize(0);
    }

    boolean isPinned(int ref) {
        return pin[ref] != 0;
    }

    boolean hasWriters(int ref) {
        return (pin[ref] & WRITERS) != 0;
    }

    /** Whether one of the counters has no room for what is to be added. */
    boolean mayOverflow(int ref, int added) {
        return (pin[ref] & added << COUNTER_TOP_SHIFT) != 0;
    }

    void add(int ref, int added) {
        pin[ref] += added;
    }

    void subtract(int ref, int removed) {
        pin[ref] -= removed;
    }

    /** Notes what a reference gives, when it is used first. */
    void set(int ref, int user, long frame, int firstByte, int bytes, boolean partOfPage) {
        domid[ref] = user;
        mfn[ref] = frame;
        start[ref] = firstByte;
        length[ref] = bytes;
        subPage[ref] = partOfPage;
    }

    int domid(int ref) {
        return domid[ref];
    }

    long mfn(int ref) {
        return mfn[ref];
    }

    int start(int ref) {
        return start[ref];
    }

    int length(int ref) {
        return length[ref];
    }

    boolean isSubPage(int ref) {
        return subPage[ref];
    }

    /**
     * All entries.
     *
     * @param frames of the machine
     */
    void state(StateFields s, long frames) {
        s.ints("pin", pin);
        s.ints("domid", domid);
        s.longs("mfn", mfn);
        s.within("mfn", mfn, 0, frames - 1);
        s.ints("start", start);
        s.within("start", start, 0, 0xFFFF);
        s.ints("length", length);
        s.within("length", length, 0, 0xFFFF);
        s.flags("subPage", subPage);
    }
}
