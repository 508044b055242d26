package dev.vls.machine.memory;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The walk against page tables written by hand; error codes as in Intel SDM vol. 3, 4.7. */
class PageWalkerTest {
    private static final long P = 1;
    private static final long RW = 2;
    private static final long US = 4;
    private static final long A = 0x20;
    private static final long D = 0x40;
    private static final long PSE = 0x80;
    private static final long NX = 1L << 63;
    private static final long LINEAR = 0x7f12_3456_7abcL;
    private static final int USER = PageWalker.ERROR_USER;

    private final MachineMemory memory = MachineMemory.allocate(16 << 20);
    private final PageWalker walker = new PageWalker(memory);

    @AfterEach
    void close() {
        memory.close();
    }

    /** Tables in frames 1 to 4, the page in frame 5; every level with the same flags. */
    private void map(long upper, long leaf) {
        memory.setLong(0x1000 + (LINEAR >>> 39 & 511) * 8, 0x2000 | upper);
        memory.setLong(0x2000 + (LINEAR >>> 30 & 511) * 8, 0x3000 | upper);
        memory.setLong(0x3000 + (LINEAR >>> 21 & 511) * 8, 0x4000 | upper);
        memory.setLong(0x4000 + (LINEAR >>> 12 & 511) * 8, 0x5000 | leaf);
    }

    private long leaf() {
        return memory.getLong(0x4000 + (LINEAR >>> 12 & 511) * 8);
    }

    @Test
    void readSetsAccessedOnEveryLevelAndDirtyNowhere() {
        map(P | RW | US, P | RW | US);
        assertTrue(walker.walk(0x1000, LINEAR, PageWalker.READ));
        assertEquals(0x5abc, walker.maddr);
        assertTrue(walker.writable);
        assertFalse(walker.dirty);
        assertEquals(A, memory.getLong(0x1000 + (LINEAR >>> 39 & 511) * 8) & (A | D));
        assertEquals(A, memory.getLong(0x2000 + (LINEAR >>> 30 & 511) * 8) & (A | D));
        assertEquals(A, memory.getLong(0x3000 + (LINEAR >>> 21 & 511) * 8) & (A | D));
        assertEquals(A, leaf() & (A | D));
    }

    @Test
    void writeSetsDirtyOnTheLeaf() {
        map(P | RW | US, P | RW | US);
        assertTrue(walker.walk(0x1000, LINEAR, PageWalker.WRITE));
        assertEquals(A | D, leaf() & (A | D));
        assertTrue(walker.dirty);
    }

    @Test
    void faultsChangeNothing() {
        map(P | RW | US, P | US);
        assertFalse(walker.walk(0x1000, LINEAR, PageWalker.WRITE));
        assertEquals(PageWalker.ERROR_PRESENT | PageWalker.ERROR_WRITE | USER, walker.errorCode);
        assertEquals(0, leaf() & (A | D));
        assertEquals(0, memory.getLong(0x1000 + (LINEAR >>> 39 & 511) * 8) & A);
    }

    @Test
    void everyLevelMustAllowTheAccess() {
        map(P | US, P | RW | US);
        assertFalse(walker.walk(0x1000, LINEAR, PageWalker.WRITE));
        map(P | RW, P | RW | US);
        assertFalse(walker.walk(0x1000, LINEAR, PageWalker.READ));
        assertEquals(PageWalker.ERROR_PRESENT | USER, walker.errorCode);
        map(P | RW | US | NX, P | RW | US);
        assertFalse(walker.walk(0x1000, LINEAR, PageWalker.FETCH));
        assertEquals(PageWalker.ERROR_PRESENT | PageWalker.ERROR_FETCH | USER, walker.errorCode);
        assertTrue(walker.walk(0x1000, LINEAR, PageWalker.READ));
    }

    @Test
    void notPresentIsReportedAsSuch() {
        map(P | RW | US, RW | US);
        assertFalse(walker.walk(0x1000, LINEAR, PageWalker.WRITE));
        assertEquals(PageWalker.ERROR_WRITE | USER, walker.errorCode);
    }

    @Test
    void aTwoMebibyteMappingTranslatesItsWholeRange() {
        map(P | RW | US, P | RW | US);
        memory.setLong(0x3000 + (LINEAR >>> 21 & 511) * 8, 0x80_0000 | P | RW | US | PSE);
        assertTrue(walker.walk(0x1000, LINEAR, PageWalker.WRITE));
        assertEquals(0x80_0000 | (LINEAR & 0x1f_ffff), walker.maddr);
        assertEquals(A | D, memory.getLong(0x3000 + (LINEAR >>> 21 & 511) * 8) & (A | D));
    }

    @Test
    void reservedBitsAreReported() {
        map(P | RW | US, P | RW | US);
        memory.setLong(0x3000 + (LINEAR >>> 21 & 511) * 8, 0x80_2000 | P | RW | US | PSE);
        assertFalse(walker.walk(0x1000, LINEAR, PageWalker.READ));
        assertEquals(PageWalker.ERROR_PRESENT | PageWalker.ERROR_RESERVED | USER, walker.errorCode);
        map(P | RW | US, P | RW | US);
        memory.setLong(0x2000 + (LINEAR >>> 30 & 511) * 8, 0x3000 | P | RW | US | PSE);
        assertFalse(walker.walk(0x1000, LINEAR, PageWalker.READ));
        assertEquals(PageWalker.ERROR_PRESENT | PageWalker.ERROR_RESERVED | USER, walker.errorCode);
    }

    @Test
    void aFrameBeyondMemoryIsAReservedBitFault() {
        map(P | RW | US, P | RW | US);
        memory.setLong(0x4000 + (LINEAR >>> 12 & 511) * 8, 1L << 40 | P | RW | US);
        assertFalse(walker.walk(0x1000, LINEAR, PageWalker.READ));
        assertEquals(PageWalker.ERROR_PRESENT | PageWalker.ERROR_RESERVED | USER, walker.errorCode);
    }
}
