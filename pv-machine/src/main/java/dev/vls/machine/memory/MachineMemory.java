package dev.vls.machine.memory;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The machine's frames in one off-heap region. Everything that is not the TLB's hit path reads and
 * writes through here: range-checked, and with the {@link FrameObserver} told of writes to flagged
 * frames, so that hypervisor and devices cannot bypass dirty logging or code invalidation.
 *
 * <p>Owned by the machine's thread. Addresses out of range are programming errors of the caller and
 * throw {@link IndexOutOfBoundsException}: guest-supplied addresses are validated before.
 */
public final class MachineMemory implements AutoCloseable {
    public static final int PAGE_SHIFT = 12;
    public static final int PAGE_SIZE = 1 << PAGE_SHIFT;
    public static final long PAGE_MASK = -PAGE_SIZE;

    /**
     * All of the process's address space. Accesses through a constant segment cost no loads of
     * bounds or liveness; the only addresses used with it come from {@link #hostAddress} and from
     * TLB entries, which are made from it.
     */
    public static final MemorySegment HOST = MemorySegment.NULL.reinterpret(Long.MAX_VALUE);

    private static final VarHandle WORD =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.nativeOrder());

    /**
     * Up to here bytes are copied in a loop. With the launcher's options HotSpot compiles the copy
     * of segments and arrays to a call of native code, some 50 ns.
     */
    private static final int FEW_BYTES = 128;

    private static final MemorySegment ZEROES = MemorySegment.ofArray(new long[PAGE_SIZE / 8]);

    private final HostMapping mapping;
    private final long hostBase;
    private final long bytes;
    private final byte[] flags;
    private @Nullable FrameObserver observer;
    private @Nullable FirstWrites firstWrites;
    private @Nullable MissingFrames missingFrames;

    private MachineMemory(HostMapping mapping, long bytes) {
        this.mapping = mapping;
        this.hostBase = mapping.address();
        this.bytes = bytes;
        this.flags = new byte[Math.toIntExact(bytes >>> PAGE_SHIFT)];
    }

    /**
     * Reserves zeroed frames; the host supplies pages as they are touched.
     *
     * @param bytes a positive multiple of {@link #PAGE_SIZE}
     * @throws HostMemoryException if the host has not that much
     */
    public static MachineMemory allocate(long bytes) {
        if (bytes <= 0 || (bytes & ~PAGE_MASK) != 0) {
            throw new IllegalArgumentException("not a positive number of pages: " + bytes);
        }
        return new MachineMemory(HostMapping.map(bytes), bytes);
    }

    /** Number of machine frames; valid mfns are 0 to this, exclusive. */
    public long frames() {
        return bytes >>> PAGE_SHIFT;
    }

    /** The host address of a range within machine memory. */
    public long hostAddress(long maddr, long length) {
        if (maddr < 0 || length < 0 || maddr > bytes - length) {
            throw new IndexOutOfBoundsException(
                    "machine address 0x" + Long.toHexString(maddr) + " + " + length);
        }
        return hostBase + maddr;
    }

    public void setObserver(@Nullable FrameObserver observer) {
        this.observer = observer;
    }

    /** The {@link FrameFlags} of a frame. */
    public int flags(long mfn) {
        return flags[Math.toIntExact(mfn)];
    }

    /** Adds flags. The caller makes TLBs drop their entries for the frame. */
    public void addFlags(long mfn, int added) {
        flags[Math.toIntExact(mfn)] |= (byte) added;
    }

    /** Adds flags to every frame. The caller makes TLBs drop all their entries. */
    public void addFlagsToAll(int added) {
        byte[] all = flags;
        for (int mfn = 0; mfn < all.length; mfn++) {
            all[mfn] |= (byte) added;
        }
    }

    public void removeFlagsFromAll(int removed) {
        byte[] all = flags;
        for (int mfn = 0; mfn < all.length; mfn++) {
            all[mfn] &= (byte) ~removed;
        }
    }

    public void removeFlags(long mfn, int removed) {
        flags[Math.toIntExact(mfn)] &= (byte) ~removed;
    }

    /** To be called before any write that does not go through this class's own setters. */
    public void beforeWrite(long maddr, int length) {
        if (flags[(int) (maddr >>> PAGE_SHIFT)] != 0) {
            tellBeforeWrite(maddr, length);
        }
    }

    private void tellBeforeWrite(long maddr, int length) {
        int mfn = (int) (maddr >>> PAGE_SHIFT);
        if ((flags[mfn] & FrameFlags.MISSING) != 0) {
            await(mfn);
        }
        if ((flags[mfn] & FrameFlags.COPY_BEFORE_WRITE) != 0) {
            flags[mfn] &= ~FrameFlags.COPY_BEFORE_WRITE;
            FirstWrites asked = firstWrites;
            if (asked != null) {
                asked.beforeFirstWrite(mfn);
            }
        }
        FrameObserver told = observer;
        if (told != null && flags[mfn] != 0) {
            told.beforeWrite(maddr, length);
        }
    }

    /**
     * Tells somebody of the first write to each frame that has {@link
     * FrameFlags#COPY_BEFORE_WRITE}, in place of who was told before.
     */
    public void setFirstWrites(FirstWrites asked) {
        firstWrites = asked;
    }

    /** Tells nobody any more, unless it is somebody else by now. */
    public void removeFirstWrites(FirstWrites asked) {
        if (asked.equals(firstWrites)) {
            firstWrites = null;
        }
    }

    /** To be called before any read that does not go through this class's own getters. */
    public void beforeRead(long maddr) {
        int mfn = (int) (maddr >>> PAGE_SHIFT);
        if ((flags[mfn] & FrameFlags.MISSING) != 0) {
            await(mfn);
        }
    }

    private void await(int mfn) {
        MissingFrames asked = missingFrames;
        if (asked != null) {
            asked.await(mfn);
        }
        flags[mfn] &= ~FrameFlags.MISSING;
    }

    /** Names who gets the content of frames with {@link FrameFlags#MISSING}. */
    public void setMissingFrames(MissingFrames asked) {
        missingFrames = asked;
    }

    /**
     * The content of a whole frame that the machine does not use, since it runs not yet or the
     * frame is missing. Nobody is told. For any thread.
     */
    public void supply(long mfn, byte[] source, int offset) {
        long host = hostAddress(mfn << PAGE_SHIFT, PAGE_SIZE);
        MemorySegment.copy(source, offset, HOST, JAVA_BYTE, host, PAGE_SIZE);
    }

    /** As {@link #supply}, from anywhere. */
    public void supply(long mfn, MemorySegment source, long offset) {
        long host = hostAddress(mfn << PAGE_SHIFT, PAGE_SIZE);
        MemorySegment.copy(source, offset, HOST, host, PAGE_SIZE);
    }

    /** Most of so many frames will be supplied soon: the host need not find each on its own. */
    public void expectAll(long mfn, long count) {
        long length = count << PAGE_SHIFT;
        mapping.expectAll(hostAddress(mfn << PAGE_SHIFT, length), length);
    }

    /** As {@link #supply}, with zeroes. */
    public void supplyZeroes(long mfn) {
        long host = hostAddress(mfn << PAGE_SHIFT, PAGE_SIZE);
        // One that was never touched stays without a page of the host.
        if (MemorySegment.mismatch(HOST, host, host + PAGE_SIZE, ZEROES, 0, PAGE_SIZE) >= 0) {
            HOST.asSlice(host, PAGE_SIZE).fill((byte) 0);
        }
    }

    public int getByte(long maddr) {
        long host = hostAddress(maddr, 1);
        beforeRead(maddr);
        return HOST.get(JAVA_BYTE, host) & 0xFF;
    }

    public int getShort(long maddr) {
        long host = hostAddress(maddr, 2);
        beforeRead(maddr);
        return HOST.get(JAVA_SHORT_UNALIGNED, host) & 0xFFFF;
    }

    public int getInt(long maddr) {
        long host = hostAddress(maddr, 4);
        beforeRead(maddr);
        return HOST.get(JAVA_INT_UNALIGNED, host);
    }

    public long getLong(long maddr) {
        long host = hostAddress(maddr, 8);
        beforeRead(maddr);
        return HOST.get(JAVA_LONG_UNALIGNED, host);
    }

    public void setByte(long maddr, int value) {
        long host = hostAddress(maddr, 1);
        beforeWrite(maddr, 1);
        HOST.set(JAVA_BYTE, host, (byte) value);
    }

    public void setShort(long maddr, int value) {
        long host = hostAddress(maddr, 2);
        beforeWrite(maddr, 2);
        HOST.set(JAVA_SHORT_UNALIGNED, host, (short) value);
    }

    public void setInt(long maddr, int value) {
        long host = hostAddress(maddr, 4);
        beforeWrite(maddr, 4);
        HOST.set(JAVA_INT_UNALIGNED, host, value);
    }

    public void setLong(long maddr, long value) {
        long host = hostAddress(maddr, 8);
        beforeWrite(maddr, 8);
        HOST.set(JAVA_LONG_UNALIGNED, host, value);
    }

    /** Copies out; the range may span frames. */
    public void read(long maddr, byte[] target, int offset, int length) {
        long host = hostAddress(maddr, length);
        for (long page = maddr & PAGE_MASK; page < maddr + length; page += PAGE_SIZE) {
            beforeRead(page);
        }
        if (length > FEW_BYTES) {
            MemorySegment.copy(HOST, JAVA_BYTE, host, target, offset, length);
            return;
        }
        int at = 0;
        for (; at + 8 <= length; at += 8) {
            WORD.set(target, offset + at, HOST.get(JAVA_LONG_UNALIGNED, host + at));
        }
        for (; at < length; at++) {
            target[offset + at] = HOST.get(JAVA_BYTE, host + at);
        }
    }

    /** Copies in; the range may span frames. */
    public void write(long maddr, byte[] source, int offset, int length) {
        long host = hostAddress(maddr, length);
        announceWrite(maddr, length);
        if (length > FEW_BYTES) {
            MemorySegment.copy(source, offset, HOST, JAVA_BYTE, host, length);
            return;
        }
        int at = 0;
        for (; at + 8 <= length; at += 8) {
            HOST.set(JAVA_LONG_UNALIGNED, host + at, (long) WORD.get(source, offset + at));
        }
        for (; at < length; at++) {
            HOST.set(JAVA_BYTE, host + at, source[offset + at]);
        }
    }

    /** Copies out to a buffer of the host; the range may span frames. */
    public void read(long maddr, MemorySegment target, long offset, long length) {
        long host = hostAddress(maddr, length);
        for (long page = maddr & PAGE_MASK; page < maddr + length; page += PAGE_SIZE) {
            beforeRead(page);
        }
        MemorySegment.copy(HOST, host, target, offset, length);
    }

    /** Copies in from a buffer of the host; the range may span frames. */
    public void write(long maddr, MemorySegment source, long offset, long length) {
        long host = hostAddress(maddr, length);
        announceWrite(maddr, length);
        MemorySegment.copy(source, offset, HOST, host, length);
    }

    /** Fills whole or part of frames with one byte. */
    public void fill(long maddr, long length, int value) {
        long host = hostAddress(maddr, length);
        announceWrite(maddr, length);
        HOST.asSlice(host, length).fill((byte) value);
    }

    /**
     * Makes whole frames zero and gives the host's pages behind them back to the host, which
     * supplies new ones when they are touched again.
     */
    public void discard(long mfn, long count) {
        long maddr = mfn << PAGE_SHIFT;
        long length = count << PAGE_SHIFT;
        long host = hostAddress(maddr, length);
        announceWrite(maddr, length);
        if (!mapping.discard(host, length)) {
            HOST.asSlice(host, length).fill((byte) 0);
        }
    }

    /** Copies within machine memory; the ranges may not overlap. */
    public void copy(long fromMaddr, long toMaddr, long length) {
        long from = hostAddress(fromMaddr, length);
        long to = hostAddress(toMaddr, length);
        for (long page = fromMaddr & PAGE_MASK; page < fromMaddr + length; page += PAGE_SIZE) {
            beforeRead(page);
        }
        announceWrite(toMaddr, length);
        MemorySegment.copy(HOST, from, HOST, to, length);
    }

    private void announceWrite(long maddr, long length) {
        long at = maddr;
        long end = maddr + length;
        while (at < end) {
            long pageEnd = Math.min((at & PAGE_MASK) + PAGE_SIZE, end);
            beforeWrite(at, (int) (pageEnd - at));
            at = pageEnd;
        }
    }

    /** Becomes zeroes, as a write to every frame does; then no flags, and no observer. */
    public void reset() {
        observer = null;
        discard(0, frames());
        clearFlags();
    }

    /** Forgets all flags, for a machine whose state is replaced whole. */
    public void clearFlags() {
        Arrays.fill(flags, (byte) 0);
    }

    /** Gives the memory back to the host; no TLB made from it may be used afterwards. */
    @Override
    public void close() {
        mapping.close();
    }
}
