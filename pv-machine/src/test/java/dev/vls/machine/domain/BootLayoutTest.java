package dev.vls.machine.domain;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.vls.xen.abi.elfnote.ElfNote;
import java.lang.foreign.MemorySegment;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/**
 * Where things lie in a new domain. The numbers of the first tests are what Xen 4.17's builder
 * reports (xl -vvv create) for kernels of these addresses and sizes.
 */
class BootLayoutTest {
    private static final long MIB_PAGES = 256;

    @Test
    void laysOutASmallKernelAsXenDoes() {
        KernelImage kernel = kernel(0x10_0000, 0x2f930);
        BootLayout layout = BootLayout.of(kernel, 64 * MIB_PAGES, 0);
        assertEquals(0x100, layout.kernelPfn);
        assertEquals(0x130, layout.p2mPfn);
        assertEquals(0x20, layout.p2mPages);
        assertEquals(TestKernel.VIRT_BASE + 0x13_0000, layout.p2mLinear);
        assertEquals(0x150, layout.startInfoPfn);
        assertEquals(0x151, layout.xenstorePfn);
        assertEquals(0x152, layout.consolePfn);
        assertEquals(0x153, layout.rootPfn());
        assertEquals(5, layout.pageTableFrames());
        assertEquals(0x158, layout.bootStackPfn);
        assertEquals(0x400, layout.areas.getFirst().frames());
    }

    @Test
    void laysOutALargerP2mAsXenDoes() {
        KernelImage kernel = kernel(0x10_0000, 0x2f930);
        BootLayout layout = BootLayout.of(kernel, 1000 * MIB_PAGES, 0);
        assertEquals(0x1f4, layout.p2mPages);
        assertEquals(0x324, layout.startInfoPfn);
        assertEquals(0x327, layout.rootPfn());
        assertEquals(5, layout.pageTableFrames());
        assertEquals(0x32c, layout.bootStackPfn);
        assertEquals(0x400, layout.areas.getFirst().frames());
    }

    @Test
    void laysOutLinuxAsXenDoes() {
        TestKernel file =
                TestKernel.pv()
                        .note(ElfNote.INIT_P2M, 0x80_0000_0000L)
                        .note(ElfNote.MOD_START_PFN, 1)
                        .note(ElfNote.ENTRY, 0xffff_ffff_8304_e1c0L);
        file.paddr = 0x100_0000;
        file.memoryBytes = 0x2e0_0000;
        BootLayout layout = BootLayout.of(parse(file), 256 * MIB_PAGES, 0x22_9c98);
        assertEquals(0x1000, layout.kernelPfn);
        assertEquals(0x3e00, layout.startInfoPfn);
        assertEquals(0x3e03, layout.rootPfn());
        assertEquals(0x23, layout.pageTableFrames());
        assertEquals(0x3e26, layout.bootStackPfn);
        assertTrue(layout.ramdiskUnmapped);
        assertEquals(0x4000, layout.ramdiskPfn);
        assertEquals(0x422a, layout.p2mPfn);
        assertEquals(0x83, layout.p2mPages);
        assertEquals(0x80_0000_0000L, layout.p2mLinear);
        assertEquals(0x43, BootLayout.of(parse(file), 127 * MIB_PAGES, 0x22_9c98).p2mPages);
    }

    @Test
    void mapsARamdiskThatTheKernelWantsMapped() {
        BootLayout layout = BootLayout.of(kernel(0x10_0000, 0x2f930), 64 * MIB_PAGES, 0x1801);
        assertEquals(0x130, layout.ramdiskPfn);
        assertFalse(layout.ramdiskUnmapped);
        assertEquals(0x132, layout.p2mPfn);
    }

    @Test
    void saysWhatDoesNotFit() {
        KernelImage kernel = kernel(0x100_0000, 0x100_0000);
        assertRefused("within the kernel", kernel, 24, 0);
        assertRefused("within the ramdisk", kernel, 40, 20 << 20);
        assertRefused("within the initial mapping", kernel, 33, 0);
        assertEquals(0x2400, BootLayout.of(kernel, 36 * MIB_PAGES, 0).areas.getFirst().frames());
    }

    @Test
    void refusesAddressesThatGuestsMayNotMap() {
        for (long virtBase : new long[] {0xffff_8000_0000_0000L, 1L << 47, -0x18_0000L}) {
            TestKernel file =
                    TestKernel.pv()
                            .note(ElfNote.VIRT_BASE, virtBase)
                            .note(ElfNote.ENTRY, virtBase + 0x10_0000);
            assertRefused("which a guest may not", parse(file), 64, 0);
        }
    }

    @Test
    void tablesCoverEveryMappedPageExactlyOnce() {
        long seed = System.nanoTime();
        SplittableRandom random = new SplittableRandom(seed);
        for (int i = 0; i < 2000; i++) {
            long totalPages = random.nextLong(40, 3000) * MIB_PAGES;
            TestKernel file = TestKernel.pv();
            long virtBase = random.nextLong(1, 1L << 17) << 30;
            file.note(ElfNote.VIRT_BASE, virtBase).note(ElfNote.ENTRY, virtBase + 0x10_0000);
            file.memoryBytes = random.nextLong(0x2000, 30L << 20);
            if (random.nextBoolean()) {
                file.note(ElfNote.INIT_P2M, random.nextLong(0, virtBase) & -4096L);
            }
            try {
                BootLayout layout =
                        BootLayout.of(parse(file), totalPages, random.nextLong(0, 2 << 20));
                checkTables(layout, totalPages);
            } catch (KernelImageException overlapping) {
                assertTrue(overlapping.toString().contains("INIT_P2M"), overlapping.toString());
            } catch (AssertionError | RuntimeException e) {
                throw new AssertionError("seed " + seed + ", case " + i, e);
            }
        }
    }

    private static void checkTables(BootLayout layout, long totalPages) {
        for (MappedArea area : layout.areas) {
            assertTrue(area.pfn() + area.frames() <= totalPages);
            for (int level = 0; level < MappedArea.LEVELS; level++) {
                for (long at : new long[] {area.from(), area.to()}) {
                    assertEquals(1, tablesThatCover(layout, level, at));
                }
                MappedArea.Tables tables = area.tables().get(level);
                if (!tables.isEmpty()) {
                    assertTrue(layout.isPageTable(tables.pfn()));
                    assertEquals(0, tables.from() & ((1L << MappedArea.coveredBits(level)) - 1));
                }
            }
        }
        assertFalse(layout.isPageTable(layout.bootStackPfn));
        assertFalse(layout.isPageTable(layout.startInfoPfn));
        assertFalse(layout.isPageTable(layout.p2mPfn));
    }

    private static long tablesThatCover(BootLayout layout, int level, long address) {
        return layout.areas.stream().filter(a -> a.tables().get(level).covers(address)).count();
    }

    private static void assertRefused(
            String why, KernelImage kernel, long memoryMib, long ramdiskBytes) {
        KernelImageException e =
                assertThrows(
                        KernelImageException.class,
                        () -> BootLayout.of(kernel, memoryMib * MIB_PAGES, ramdiskBytes));
        assertTrue(e.toString().contains(why), e.toString());
    }

    private static KernelImage kernel(long paddr, long memoryBytes) {
        TestKernel file = TestKernel.pv().note(ElfNote.ENTRY, TestKernel.VIRT_BASE + paddr);
        file.paddr = paddr;
        file.memoryBytes = memoryBytes;
        return parse(file);
    }

    private static KernelImage parse(TestKernel file) {
        return KernelImage.parse(new ImageBytes("test.elf", MemorySegment.ofArray(file.build())));
    }
}
