package dev.vls.machine.fuzz;

import static dev.vls.machine.memory.MachineMemory.HOST;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;

import dev.vls.machine.cpu.Cpu;
import dev.vls.machine.cpu.FlatWorld;
import dev.vls.machine.cpu.FlatWorld.Outcome;
import dev.vls.machine.cpu.FlatWorld.Rights;
import dev.vls.machine.cpu.translate.Engine;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/** Runs cases on the embedded processor and keeps what they did until the next one. */
final class EmbeddedRunner implements AutoCloseable {
    /** More than any case needs, repeated string instructions over all pages included. */
    private static final long MAX_INSTRUCTIONS = 100_000;

    private static final int PAGE = Sandbox.PAGE;

    private final FlatWorld world;
    private final Cpu cpu;
    private final Arena arena = Arena.ofShared();
    private final MemorySegment background;
    private final MemorySegment before;
    private final long[] host = new long[Sandbox.writablePages()];
    private final long[] maddr = new long[Sandbox.writablePages()];
    private final byte[] word = new byte[8];

    private Outcome outcome = new Outcome(FlatWorld.End.LIMIT, -1, 0, 0);
    private long changedWords;
    private long changeHash;
    private final long[] changeAddress = new long[CaseSlot.CHANGES_KEPT];
    private final long[] changeValue = new long[CaseSlot.CHANGES_KEPT];

    EmbeddedRunner(Engine engine) {
        world = new FlatWorld(16L * PAGE, engine);
        cpu = world.cpu();
        byte[] nothing = new byte[0];
        world.map(Sandbox.CODE, 2L * PAGE, nothing, Rights.ALL);
        for (int page : Sandbox.writableDataPages()) {
            world.map(Sandbox.data(page), PAGE, nothing, Rights.READ_WRITE);
        }
        world.map(Sandbox.data(Sandbox.READ_ONLY_DATA), PAGE, nothing, Rights.READ);
        HostDescriptors.describe(world);
        long bytes = (long) PAGE * Sandbox.writablePages();
        background = arena.allocate(bytes);
        before = arena.allocate(bytes);
        for (int i = 0; i < maddr.length; i++) {
            maddr[i] = world.maddr(Sandbox.writablePage(i));
            host[i] = world.memory().hostAddress(maddr[i], PAGE);
        }
    }

    /** Takes over a batch's data pages. */
    void load(CaseFile cases) {
        byte[] int3 = new byte[PAGE];
        Arrays.fill(int3, (byte) Sandbox.INT3);
        for (int i = 0; i < maddr.length; i++) {
            long address = Sandbox.writablePage(i);
            byte[] content =
                    i < Sandbox.CODE_PAGES
                            ? int3
                            : cases.dataPage((int) ((address - Sandbox.DATA) / PAGE))
                                    .toArray(JAVA_BYTE);
            world.write(address, content);
            MemorySegment.copy(content, 0, background, JAVA_BYTE, (long) i * PAGE, PAGE);
            MemorySegment.copy(content, 0, before, JAVA_BYTE, (long) i * PAGE, PAGE);
        }
        world.write(
                Sandbox.data(Sandbox.READ_ONLY_DATA),
                cases.dataPage(Sandbox.READ_ONLY_DATA).toArray(JAVA_BYTE));
    }

    /** Runs a case from its start to the exception that ends it. */
    void run(CaseSlot slot) {
        byte[] code = slot.code();
        byte[] patch = slot.patch();
        place(slot.codeAddress(), code);
        place(slot.patchAddress(), patch);
        CpuImage.load(cpu, slot);
        outcome = world.run(MAX_INSTRUCTIONS);
        collectChanges();
        unplace(slot.codeAddress(), code.length);
        unplace(slot.patchAddress(), patch.length);
    }

    Cpu cpu() {
        return cpu;
    }

    /** The vector that ended the case, as the oracle numbers them. */
    int trap() {
        return switch (outcome.end()) {
            case FAULT -> outcome.vector();
            case HALT -> dev.vls.machine.cpu.Vector.GP;
            case LIMIT -> CaseSlot.TIMEOUT;
            case SYSCALL -> -1;
        };
    }

    int errorCode() {
        return outcome.errorCode();
    }

    long faultAddress() {
        return outcome.faultAddress();
    }

    long changedWords() {
        return changedWords;
    }

    long changeHash() {
        return changeHash;
    }

    long changeAddress(int index) {
        return changeAddress[index];
    }

    long changeValue(int index) {
        return changeValue[index];
    }

    private void place(long address, byte[] bytes) {
        int done = 0;
        while (done < bytes.length) {
            int page = Sandbox.writableIndex(address + done);
            int offset = (int) (address + done) & (PAGE - 1);
            int inPage = Math.min(bytes.length - done, PAGE - offset);
            if (page >= 0) {
                world.memory().write(maddr[page] + offset, bytes, done, inPage);
                MemorySegment.copy(
                        bytes, done, before, JAVA_BYTE, (long) page * PAGE + offset, inPage);
            }
            done += inPage;
        }
    }

    private void unplace(long address, int length) {
        if (length != 0) {
            byte[] old = new byte[length];
            for (int i = 0; i < length; i++) {
                int page = Sandbox.writableIndex(address + i);
                if (page >= 0) {
                    int offset = (int) (address + i) & (PAGE - 1);
                    old[i] = background.get(JAVA_BYTE, (long) page * PAGE + offset);
                }
            }
            place(address, old);
        }
    }

    /** Finds the 8-byte words that differ from before and puts the old ones back. */
    private void collectChanges() {
        changedWords = 0;
        changeHash = 0;
        for (int page = 0; page < host.length; page++) {
            long at = 0;
            long base = (long) page * PAGE;
            while (at < PAGE) {
                long same =
                        MemorySegment.mismatch(
                                HOST,
                                host[page] + at,
                                host[page] + PAGE,
                                before,
                                base + at,
                                base + PAGE);
                if (same < 0) {
                    break;
                }
                at = (at + same) & -8;
                long value = HOST.get(JAVA_LONG_UNALIGNED, host[page] + at);
                recordChange(Sandbox.writablePage(page) + at, value);
                restoreWord(page, at);
                at += 8;
            }
        }
    }

    private void restoreWord(int page, long at) {
        MemorySegment.copy(before, JAVA_BYTE, (long) page * PAGE + at, word, 0, 8);
        world.memory().write(maddr[page] + at, word, 0, 8);
    }

    /** The oracle's hash, so that equal hashes mean equal memory. */
    private void recordChange(long address, long value) {
        if (changedWords < CaseSlot.CHANGES_KEPT) {
            changeAddress[(int) changedWords] = address;
            changeValue[(int) changedWords] = value;
        }
        changedWords++;
        changeHash = (changeHash ^ address) * 0x100000001b3L;
        changeHash = (changeHash ^ value) * 0x9e3779b97f4a7c15L;
        changeHash ^= changeHash >>> 29;
    }

    @Override
    public void close() {
        world.close();
        arena.close();
    }
}
