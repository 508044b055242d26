package dev.vls.machine.grant;

import static dev.vls.machine.memory.MachineMemory.PAGE_SHIFT;
import static dev.vls.machine.memory.MachineMemory.PAGE_SIZE;

import dev.vls.machine.frames.GuestReservation;
import dev.vls.machine.frames.MemoryManager;
import dev.vls.machine.memory.MachineMemory;
import dev.vls.machine.state.StateFields;
import dev.vls.machine.state.StateSections;
import dev.vls.xen.abi.errno.XenErrno;
import dev.vls.xen.abi.grant.GrantEntryV1;
import dev.vls.xen.abi.grant.GrantEntryV2;
import dev.vls.xen.abi.grant.GrantFlag;
import dev.vls.xen.abi.grant.GrantStatus;
import dev.vls.xen.abi.grant.ReservedGrant;
import java.util.Arrays;

/**
 * The frames of a grant table and the entries in them, of version 1 or 2. References are checked
 * against {@link #entries} by the callers. Owned by the machine's thread.
 */
public final class GrantTable {
    private static final int STATUS_PER_PAGE = PAGE_SIZE / GrantEntryV2.STATUS_SIZE;

    private final MachineMemory memory;
    private final GuestReservation reservation;
    private final int framesMax;
    private final long[] shared;
    private final long[] status;
    private final ActiveGrants active = new ActiveGrants();
    private int version = 1;
    private int frames;
    private int statusFrames;

    /**
     * A table of one frame.
     *
     * @param framesMax 1 to 64: 32 is what xl gives a domain on a machine below 16 TiB
     * @throws IllegalStateException if the machine has no frame for it
     */
    public GrantTable(MemoryManager manager, int framesMax) {
        this(framesMax, manager);
        if (!grow(1)) {
            throw new IllegalStateException("the machine has no frame for a grant table");
        }
    }

    /** A table without frames, to be restored by {@link #state}. */
    public static GrantTable toRestore(MemoryManager manager, int framesMax) {
        return new GrantTable(framesMax, manager);
    }

    private GrantTable(int framesMax, MemoryManager manager) {
        this.memory = manager.machineMemory();
        this.reservation = manager.reservation();
        this.framesMax = framesMax;
        this.shared = new long[framesMax];
        this.status = new long[statusFramesFor(framesMax)];
    }

    ActiveGrants active() {
        return active;
    }

    public int version() {
        return version;
    }

    /** Frames of the table; {@link #framesMax} at most. */
    public int frames() {
        return frames;
    }

    public int framesMax() {
        return framesMax;
    }

    /** Frames of status words, of version 2. */
    public int statusFrames() {
        return statusFrames;
    }

    public long frameMfn(int index) {
        return shared[index];
    }

    public long statusMfn(int index) {
        return status[index];
    }

    /** References are below this. */
    public int entries() {
        return frames * entriesPerPage(version);
    }

    private static int entriesPerPage(int version) {
        return PAGE_SIZE / entrySize(version);
    }

    private static int entrySize(int version) {
        return version == 1 ? GrantEntryV1.SIZE : GrantEntryV2.SIZE;
    }

    /** Frames of status words for so many frames of entries. */
    public static int statusFramesFor(int frames) {
        int entries = frames * entriesPerPage(2);
        return (entries + STATUS_PER_PAGE - 1) / STATUS_PER_PAGE;
    }

    // --- growth and version ---

    /**
     * Makes the table at least so large.
     *
     * @param wanted at most {@link #framesMax}
     * @return false if the machine has not the frames; nothing changed then
     */
    public boolean grow(int wanted) {
        int target = Math.max(wanted, Math.max(frames, 1));
        int statusTarget = version == 1 ? statusFrames : statusFramesFor(target);
        if (!allocate(shared, frames, target)) {
            return false;
        }
        if (!allocate(status, statusFrames, statusTarget)) {
            release(shared, frames, target);
            return false;
        }
        frames = target;
        statusFrames = Math.max(statusFrames, statusTarget);
        active.resize(frames * entriesPerPage(1));
        return true;
    }

    private boolean allocate(long[] mfns, int from, int to) {
        for (int i = from; i < to; i++) {
            mfns[i] = reservation.allocateShared();
            if (mfns[i] < 0) {
                release(mfns, from, i);
                return false;
            }
        }
        return true;
    }

    private void release(long[] mfns, int from, int to) {
        for (int i = from; i < to; i++) {
            if (!reservation.releaseShared(mfns[i])) {
                throw new IllegalStateException("a fresh frame is in use");
            }
            mfns[i] = 0;
        }
    }

    /**
     * Changes the version (gnttab_set_version): the first eight entries stay, all others go.
     *
     * @param wanted 1 or 2
     * @return 0, or a negated errno and nothing changed
     */
    public int setVersion(int wanted) {
        if (version == wanted) {
            return 0;
        }
        for (int ref = ReservedGrant.NR_RESERVED_ENTRIES; ref < entries(); ref++) {
            if (active.isPinned(ref)) {
                return -XenErrno.EBUSY;
            }
        }
        if (wanted == 2) {
            return toVersion2();
        }
        return toVersion1();
    }

    private int toVersion2() {
        int statusTarget = statusFramesFor(frames);
        if (!allocate(status, statusFrames, statusTarget)) {
            return -XenErrno.ENOMEM;
        }
        statusFrames = statusTarget;
        int count = ReservedGrant.NR_RESERVED_ENTRIES;
        int[] flags = new int[count];
        int[] domids = new int[count];
        long[] mfns = new long[count];
        for (int ref = 0; ref < count; ref++) {
            flags[ref] = flags(ref);
            domids[ref] = domid(ref);
            mfns[ref] = frame(ref);
        }
        clear();
        version = 2;
        int statusBits = GrantFlag.READING | GrantFlag.WRITING;
        for (int ref = 0; ref < count; ref++) {
            memory.setShort(statusMaddr(ref), flags[ref] & statusBits);
            write(ref, flags[ref] & ~statusBits, domids[ref], mfns[ref]);
        }
        return 0;
    }

    private int toVersion1() {
        int count = ReservedGrant.NR_RESERVED_ENTRIES;
        int[] flags = new int[count];
        int[] domids = new int[count];
        long[] mfns = new long[count];
        for (int ref = 0; ref < count; ref++) {
            int type = flags(ref) & GrantFlag.TYPE_MASK;
            if (type == GrantFlag.TRANSITIVE
                    || (type == GrantFlag.PERMIT_ACCESS && frame(ref) >>> 32 != 0)) {
                return -XenErrno.ERANGE;
            }
            if (type == GrantFlag.PERMIT_ACCESS) {
                flags[ref] = flags(ref) | memory.getShort(statusMaddr(ref));
                domids[ref] = domid(ref);
                mfns[ref] = frame(ref);
            }
        }
        if (!releaseStatusFrames()) {
            return -XenErrno.EBUSY;
        }
        clear();
        version = 1;
        for (int ref = 0; ref < count; ref++) {
            write(ref, flags[ref], domids[ref], mfns[ref]);
        }
        return 0;
    }

    /** Whether the guest maps frames of the table. */
    public boolean isInUse() {
        for (int i = 0; i < frames; i++) {
            if (reservation.isSharedInUse(shared[i])) {
                return true;
            }
        }
        for (int i = 0; i < statusFrames; i++) {
            if (reservation.isSharedInUse(status[i])) {
                return true;
            }
        }
        return false;
    }

    /** Whether a domain maps a frame that the guest grants. */
    public boolean isUsedBy(int domid) {
        for (int ref = 0; ref < entries(); ref++) {
            if (active.isPinned(ref) && active.domid(ref) == domid) {
                return true;
            }
        }
        return false;
    }

    /** Becomes a new table, empty and of one frame; it is not {@linkplain #isInUse in use}. */
    public void renew() {
        release(shared, 0, frames);
        release(status, 0, statusFrames);
        frames = 0;
        statusFrames = 0;
        version = 1;
        active.clear();
        if (!grow(1)) {
            throw new IllegalStateException("the frame that was just freed is gone");
        }
    }

    private boolean releaseStatusFrames() {
        for (int i = 0; i < statusFrames; i++) {
            if (reservation.isSharedInUse(status[i])) {
                return false;
            }
        }
        release(status, 0, statusFrames);
        statusFrames = 0;
        return true;
    }

    private void clear() {
        for (int i = 0; i < frames; i++) {
            memory.fill(shared[i] << PAGE_SHIFT, PAGE_SIZE, 0);
        }
    }

    // --- entries ---

    long entryMaddr(int ref) {
        int perPage = entriesPerPage(version);
        long offset = (long) (ref % perPage) * entrySize(version);
        return (shared[ref / perPage] << PAGE_SHIFT) + offset;
    }

    /** Where reading and writing are noted: the flags themselves in version 1. */
    private long statusMaddr(int ref) {
        if (version == 1) {
            return entryMaddr(ref) + GrantEntryV1.FLAGS;
        }
        long offset = (long) (ref % STATUS_PER_PAGE) * GrantEntryV2.STATUS_SIZE;
        return (status[ref / STATUS_PER_PAGE] << PAGE_SHIFT) + offset;
    }

    /** {@link GrantFlag} of an entry, which are at the same place in both versions. */
    int flags(int ref) {
        return memory.getShort(entryMaddr(ref) + GrantEntryV1.FLAGS);
    }

    int domid(int ref) {
        return memory.getShort(entryMaddr(ref) + GrantEntryV1.DOMID);
    }

    /** The frame of an entry that is not transitive. */
    long frame(int ref) {
        return version == 1
                ? memory.getInt(entryMaddr(ref) + GrantEntryV1.FRAME) & 0xFFFF_FFFFL
                : memory.getLong(entryMaddr(ref) + GrantEntryV2.FULL_PAGE_FRAME);
    }

    void setFlags(int ref, int flags) {
        memory.setShort(entryMaddr(ref) + GrantEntryV1.FLAGS, flags);
    }

    void setFrame(int ref, long mfn) {
        if (version == 1) {
            memory.setInt(entryMaddr(ref) + GrantEntryV1.FRAME, (int) mfn);
        } else {
            memory.setLong(entryMaddr(ref) + GrantEntryV2.FULL_PAGE_FRAME, mfn);
        }
    }

    int status(int ref) {
        return memory.getShort(statusMaddr(ref));
    }

    void setStatus(int ref, int bits) {
        memory.setShort(statusMaddr(ref), memory.getShort(statusMaddr(ref)) | bits);
    }

    void clearStatus(int ref, int bits) {
        memory.setShort(statusMaddr(ref), memory.getShort(statusMaddr(ref)) & ~bits);
    }

    private void write(int ref, int flags, int domid, long mfn) {
        setFlags(ref, flags);
        memory.setShort(entryMaddr(ref) + GrantEntryV1.DOMID, domid);
        setFrame(ref, mfn);
    }

    /**
     * Lets a backend have a frame, as the toolstack does with the entries that it reserves.
     *
     * @param ref {@link ReservedGrant}
     */
    public void seed(int ref, int backendDomid, long mfn) {
        write(ref, GrantFlag.PERMIT_ACCESS, backendDomid, mfn);
    }

    /**
     * Exchanges two entries with their status (swap_grant_ref).
     *
     * @param refA any number, as {@code refB}
     * @return a {@link GrantStatus}
     */
    public int swapIfUnused(int refA, int refB) {
        if (Integer.compareUnsigned(refA, entries()) >= 0
                || Integer.compareUnsigned(refB, entries()) >= 0) {
            return GrantStatus.BAD_GNTREF;
        }
        if (refA == refB) {
            return GrantStatus.OKAY;
        }
        if (active.isPinned(refA) || active.isPinned(refB)) {
            return GrantStatus.EAGAIN;
        }
        swap(refA, refB);
        return GrantStatus.OKAY;
    }

    private void swap(int refA, int refB) {
        int size = entrySize(version);
        byte[] a = new byte[size];
        byte[] b = new byte[size];
        memory.read(entryMaddr(refA), a, 0, size);
        memory.read(entryMaddr(refB), b, 0, size);
        int statusA = status(refA);
        int statusB = status(refB);
        memory.write(entryMaddr(refA), b, 0, size);
        memory.write(entryMaddr(refB), a, 0, size);
        if (version == 2) {
            memory.setShort(statusMaddr(refA), statusB);
            memory.setShort(statusMaddr(refB), statusA);
        }
    }

    /** Mfns of the frames, for whoever wants to look at them. */
    public long[] frameMfns() {
        return Arrays.copyOf(shared, frames);
    }

    // --- state ---

    /** The table's frames and the use that is made of it; entries are memory. */
    public void state(StateSections sections) {
        sections.section("grants", this::state);
    }

    private void state(StateFields s) {
        version = s.int32("version", version, 1, 2);
        frames = s.int32("frames", frames, 1, framesMax);
        statusFrames = s.int32("statusFrames", statusFrames, 0, status.length);
        if (version == 2 && statusFrames < statusFramesFor(frames)) {
            throw s.refusal("statusFrames", statusFrames + " are too few");
        }
        s.longs("shared", shared);
        s.within("shared", shared, 0, memory.frames() - 1);
        s.longs("status", status);
        s.within("status", status, 0, memory.frames() - 1);
        if (s.restores()) {
            active.resize(frames * entriesPerPage(1));
        }
        active.state(s, memory.frames());
    }
}
