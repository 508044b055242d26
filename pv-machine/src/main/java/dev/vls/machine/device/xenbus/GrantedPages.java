package dev.vls.machine.device.xenbus;

import static dev.vls.machine.memory.MachineMemory.PAGE_SHIFT;
import static dev.vls.machine.memory.MachineMemory.PAGE_SIZE;

import dev.vls.machine.grant.BackendGrants;
import dev.vls.machine.memory.MachineMemory;
import dev.vls.machine.state.StateFields;

/**
 * Pages that the guest granted, mapped for writing and seen as one piece, such as a shared ring:
 * they need not lie together in the machine.
 */
public final class GrantedPages {
    private final MachineMemory memory;
    private final BackendGrants grants;
    private int[] refs = {};
    private long[] mfns = {};

    public GrantedPages(DriverDomain home) {
        this.memory = home.guest().memory();
        this.grants = home.grants();
    }

    /**
     * Maps pages, when none are mapped.
     *
     * @param newRefs any numbers that a guest may send
     * @return a {@link dev.vls.xen.abi.grant.GrantStatus}; unless it is OKAY, nothing is mapped
     */
    public int map(int[] newRefs) {
        if (isMapped()) {
            throw new IllegalStateException("mapped already");
        }
        long[] mapped = new long[newRefs.length];
        for (int i = 0; i < newRefs.length; i++) {
            mapped[i] = grants.map(newRefs[i], false);
            if (mapped[i] < 0) {
                for (int j = 0; j < i; j++) {
                    grants.unmap(newRefs[j], false);
                }
                return (int) mapped[i];
            }
        }
        refs = newRefs.clone();
        mfns = mapped;
        return 0;
    }

    public boolean isMapped() {
        return refs.length > 0;
    }

    public int byteSize() {
        return refs.length << PAGE_SHIFT;
    }

    /** Gives the pages back; harmless if none are mapped. */
    public void unmap() {
        for (int ref : refs) {
            grants.unmap(ref, false);
        }
        refs = new int[0];
        mfns = new long[0];
    }

    private long maddr(int offset) {
        return (mfns[offset >>> PAGE_SHIFT] << PAGE_SHIFT) + (offset & (PAGE_SIZE - 1));
    }

    /**
     * Four bytes.
     *
     * @param offset a multiple of 4
     */
    public int getInt(int offset) {
        return memory.getInt(maddr(offset));
    }

    /** As {@link #getInt}. */
    public void setInt(int offset, int value) {
        memory.setInt(maddr(offset), value);
    }

    /** Copies out; the range may cross pages. */
    public void read(int offset, byte[] target, int length) {
        for (int done = 0; done < length; ) {
            int part = partWithinPage(offset + done, length - done);
            memory.read(maddr(offset + done), target, done, part);
            done += part;
        }
    }

    /** Copies in; the range may cross pages. */
    public void write(int offset, byte[] source, int length) {
        for (int done = 0; done < length; ) {
            int part = partWithinPage(offset + done, length - done);
            memory.write(maddr(offset + done), source, done, part);
            done += part;
        }
    }

    private static int partWithinPage(int offset, int length) {
        return Math.min(length, PAGE_SIZE - (offset & (PAGE_SIZE - 1)));
    }

    /**
     * What is mapped; grants and frame table count it.
     *
     * @param pagesMax how many can be
     */
    public void state(StateFields s, int pagesMax) {
        int count = s.count("pages", refs.length, pagesMax);
        if (s.restores()) {
            refs = new int[count];
            mfns = new long[count];
        }
        s.ints("refs", refs);
        s.within("refs", refs, 0, Integer.MAX_VALUE);
        s.longs("mfns", mfns);
        s.within("mfns", mfns, 0, memory.frames() - 1);
    }
}
