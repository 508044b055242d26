package dev.vls.machine.domain;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.vls.machine.memory.MachineMemory;
import dev.vls.xen.abi.arch.PageTableFlag;
import dev.vls.xen.abi.elfnote.ElfNote;
import java.lang.foreign.MemorySegment;
import org.junit.jupiter.api.Test;

/** What the initial page tables map, walked by hand. */
class InitialPageTablesTest {
    private static final int PAGES = 16384;
    private static final long ADDRESS = 0x000f_ffff_ffff_f000L;

    @Test
    void mapEveryFrameOfEachAreaAndNothingBehindIt() {
        checkAreas(TestKernel.pv());
    }

    @Test
    void mapTheP2mAtItsOwnAddress() {
        checkAreas(TestKernel.pv().note(ElfNote.INIT_P2M, 0x80_0000_0000L));
        checkAreas(TestKernel.pv().note(ElfNote.INIT_P2M, 0x7f_ffff_f000L));
    }

    @Test
    void mapTheP2mInTablesThatItSharesWithTheKernel() {
        checkAreas(TestKernel.pv().note(ElfNote.INIT_P2M, TestKernel.VIRT_BASE - 0x4000_0000L));
        checkAreas(TestKernel.pv().note(ElfNote.INIT_P2M, TestKernel.VIRT_BASE - 0x10_0000L));
    }

    private static void checkAreas(TestKernel file) {
        ImageBytes bytes = new ImageBytes("test.elf", MemorySegment.ofArray(file.build()));
        BootLayout layout = BootLayout.of(KernelImage.parse(bytes), PAGES, 0);
        // Odd, and a power of two frames: a permutation, so that no PFN is its MFN by chance.
        long[] p2m = new long[PAGES];
        for (int pfn = 0; pfn < PAGES; pfn++) {
            p2m[pfn] = (pfn * 5L + 77) % PAGES;
        }
        try (MachineMemory memory =
                MachineMemory.allocate((long) PAGES * MachineMemory.PAGE_SIZE)) {
            InitialPageTables.write(layout, p2m, memory);
            long root = p2m[(int) layout.rootPfn()] << MachineMemory.PAGE_SHIFT;
            for (MappedArea area : layout.areas) {
                for (long i = 0; i < area.frames(); i++) {
                    long pfn = area.pfn() + i;
                    long rights = layout.isPageTable(pfn) ? 0 : PageTableFlag.RW;
                    assertEquals(
                            p2m[(int) pfn] << MachineMemory.PAGE_SHIFT
                                    | PageTableFlag.PRESENT
                                    | PageTableFlag.ACCESSED
                                    | rights,
                            leaf(memory, root, area.from() + (i << MachineMemory.PAGE_SHIFT)));
                }
                if (area.to() != MappedArea.ADDRESS_MASK) {
                    assertEquals(0, leaf(memory, root, area.to() + 1));
                }
            }
        }
    }

    private static long leaf(MachineMemory memory, long root, long address) {
        long table = root;
        for (int shift = 39; shift > 12; shift -= 9) {
            long entry = memory.getLong(table + ((address >>> shift) & 511) * 8);
            if (entry == 0) {
                return 0;
            }
            assertEquals(
                    PageTableFlag.PRESENT
                            | PageTableFlag.RW
                            | PageTableFlag.USER
                            | PageTableFlag.ACCESSED
                            | PageTableFlag.DIRTY,
                    entry & ~ADDRESS);
            table = entry & ADDRESS;
        }
        return memory.getLong(table + ((address >>> 12) & 511) * 8);
    }
}
