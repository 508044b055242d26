package dev.vls.machine.domain;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.vls.xen.abi.elfnote.ElfNote;
import dev.vls.xen.abi.version.Feature;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/** What is taken from kernel files, and how those are refused that cannot run. */
class KernelFileTest {

    @Test
    void readsAddressesFromNotes() {
        KernelImage kernel =
                read(
                        TestKernel.pv()
                                .note(ElfNote.INIT_P2M, 0x80_0000_0000L)
                                .note(ElfNote.HYPERCALL_PAGE, TestKernel.VIRT_BASE + 0x10_1000)
                                .note(ElfNote.MOD_START_PFN, 1)
                                .note(ElfNote.SUSPEND_CANCEL, 1));
        assertEquals(TestKernel.VIRT_BASE, kernel.virtBase);
        assertEquals(TestKernel.VIRT_BASE + 0x10_0000, kernel.start);
        assertEquals(TestKernel.VIRT_BASE + 0x10_3000, kernel.end);
        assertEquals(TestKernel.VIRT_BASE + 0x10_0000, kernel.entry);
        assertEquals(0x80_0000_0000L, kernel.p2mBase());
        assertEquals(TestKernel.VIRT_BASE + 0x10_1000, kernel.notes.hypercallPage);
        assertTrue(kernel.notes.takesUnmappedRamdisk);
        assertTrue(kernel.notes.suspendCancel);
    }

    @Test
    void subtractsPaddrOffset() {
        TestKernel kernel = TestKernel.pv().note(ElfNote.PADDR_OFFSET, 0x4000_0000L);
        kernel.paddr = 0x4010_0000L;
        assertEquals(TestKernel.VIRT_BASE + 0x10_0000, read(kernel).start);
    }

    @Test
    void passesOverAnInitP2mThatXenPassesOver() {
        assertEquals(null, read(TestKernel.pv().note(ElfNote.INIT_P2M, 0x1234)).p2mBase());
        assertEquals(null, read(TestKernel.pv().note(ElfNote.INIT_P2M, -4096)).p2mBase());
    }

    @Test
    void readsFeaturesAndTheLastOfRepeatedNotes() {
        KernelImage kernel =
                read(
                        TestKernel.pv()
                                .note(ElfNote.FEATURES, "!writable_page_tables|pae_pgdir_above_4gb")
                                .note(ElfNote.GUEST_OS, "first")
                                .note(ElfNote.GUEST_OS, "second"));
        assertEquals(1 << Feature.WRITABLE_PAGE_TABLES, kernel.notes.featuresRequired);
        assertEquals(
                1 << Feature.WRITABLE_PAGE_TABLES | 1 << Feature.PAE_PGDIR_ABOVE_4GB,
                kernel.notes.featuresSupported);
        assertEquals("second", kernel.notes.guestOs);
    }

    @Test
    void readsTextWithoutNul() {
        byte[] features = "!writable_page_tables".getBytes(StandardCharsets.UTF_8);
        assertEquals(
                1 << Feature.WRITABLE_PAGE_TABLES,
                read(TestKernel.pv().note(ElfNote.FEATURES, features)).notes.featuresRequired);
    }

    @Test
    void readsTheSectionOfKernelsBeforeNotes() {
        String info =
                "GUEST_OS=linux,XEN_VER=xen-3.0,VIRT_BASE=0xffffffff80000000,"
                        + "ELF_PADDR_OFFSET=0x0,HYPERCALL_PAGE=0x101,LOADER=generic";
        KernelImage kernel = KernelImage.parse(image(LegacyKernel.build(info)));
        assertEquals(TestKernel.VIRT_BASE, kernel.virtBase);
        assertEquals(TestKernel.VIRT_BASE + 0x10_1000, kernel.notes.hypercallPage);
        assertTrue(kernel.notes.legacy);
    }

    @Test
    void placesSymbolsOfBsdKernelsBehindThem() {
        KernelImage kernel = KernelImage.parse(image(LegacyKernel.buildWithSymbols()));
        BsdSymbols symbols = kernel.symbols;
        assertNotNull(symbols);
        byte[] contents = symbols.contents();
        assertEquals(kernel.end - kernel.start, symbols.endPaddr() - 0x10_0000);
        var elf = TestKernel.view(contents);
        assertEquals(0x464c457f, elf.getInt(4));
        assertEquals(3, elf.getShort(4 + 60));
        long symbolsOffset = elf.getLong(4 + 64 + 64 + 24);
        long stringsOffset = elf.getLong(4 + 64 + 128 + 24);
        assertEquals((byte) 'y', elf.get((int) (4 + symbolsOffset)));
        assertEquals((byte) 's', elf.get((int) (4 + stringsOffset)));
    }

    @Test
    void refusesWhatIsNoKernel() {
        assertRefused("neither an ELF file", "hello, world\n".getBytes(StandardCharsets.UTF_8));
        assertRefused("empty file", new byte[0]);
        assertRefused("neither an ELF file", new byte[100_000]);
        assertRefused("without Xen notes", new TestKernel().build());
        assertRefused("32-bit", edited(TestKernel.pv(), k -> set(k, 4, 1)));
        assertRefused("another processor", edited(TestKernel.pv(), k -> set(k, 18, 183)));
        assertRefused("nothing to load", edited(TestKernel.pv(), k -> set(k, 64, 0)));
    }

    @Test
    void refusesKernelsForOtherModes() {
        TestKernel pvh =
                new TestKernel()
                        .note(ElfNote.XEN_VERSION, "xen-3.0")
                        .note(ElfNote.LOADER, "generic")
                        .note(ElfNote.PHYS32_ENTRY, 0x10_0000);
        assertRefused("HVM or PVH only", pvh.build());
        assertRefused("dom0 only", TestKernel.pv().note(ElfNote.FEATURES, "!dom0").build());
        assertRefused(
                "AUTO_TRANSLATED_PHYSMAP",
                TestKernel.pv().note(ElfNote.FEATURES, "!auto_translated_physmap").build());
        assertRefused(
                "unknown Xen feature", TestKernel.pv().note(ElfNote.FEATURES, "!flying").build());
        assertRefused(
                "for Xen version", TestKernel.pv().note(ElfNote.XEN_VERSION, "xen-2.0").build());
    }

    @Test
    void refusesAddressesThatMakeNoSense() {
        assertRefused(
                "addresses out of order",
                TestKernel.pv().note(ElfNote.ENTRY, TestKernel.VIRT_BASE).build());
        assertRefused(
                "INIT_P2M",
                TestKernel.pv().note(ElfNote.INIT_P2M, TestKernel.VIRT_BASE + 0x10_0000).build());
        TestKernel huge = TestKernel.pv();
        huge.memoryBytes = -2;
        assertRefused("impossible size", huge.build());
    }

    @Test
    void refusesEveryTruncation() {
        byte[] whole = TestKernel.pv().build();
        for (int length = 0; length < whole.length; length++) {
            byte[] part = Arrays.copyOf(whole, length);
            assertThrows(KernelImageException.class, () -> read(part), "length " + length);
        }
    }

    @Test
    void neverThrowsAnythingElseForDamagedFiles() {
        long seed = System.nanoTime();
        DamagedFiles damage = new DamagedFiles(seed);
        byte[][] originals = {
            TestKernel.pv().note(ElfNote.INIT_P2M, 0x80_0000_0000L).build(),
            LegacyKernel.build("GUEST_OS=linux,XEN_VER=xen-3.0,VIRT_BASE=0x0"),
            LegacyKernel.buildWithSymbols()
        };
        for (int i = 0; i < 60_000; i++) {
            byte[] file = damage.damaged(originals[i % originals.length]);
            try (Arena arena = Arena.ofConfined()) {
                DomainImage image =
                        DomainImage.read(
                                new DomainImage.NamedBytes("fuzz", MemorySegment.ofArray(file)),
                                null,
                                "",
                                16384,
                                arena);
                assertTrue(image.layout.rootPfn() < 16384);
            } catch (KernelImageException expected) {
                assertFalse(expected.toString().contains("\n"), "seed " + seed);
            } catch (RuntimeException | Error e) {
                throw new AssertionError("seed " + seed + ", case " + i, e);
            }
        }
    }

    private static void assertRefused(String why, byte[] file) {
        KernelImageException e = assertThrows(KernelImageException.class, () -> read(file));
        assertTrue(e.toString().contains(why), e.toString());
        assertTrue(e.toString().contains(": test.elf: "), e.toString());
        assertEquals(1, e.toString().lines().count());
    }

    private static byte[] edited(TestKernel kernel, UnaryOperator<byte[]> edit) {
        return edit.apply(kernel.build());
    }

    private static byte[] set(byte[] file, int offset, int value) {
        file[offset] = (byte) value;
        return file;
    }

    private static KernelImage read(TestKernel kernel) {
        return read(kernel.build());
    }

    private static KernelImage read(byte[] file) {
        try (Arena arena = Arena.ofConfined()) {
            return KernelFile.read("test.elf", MemorySegment.ofArray(file), arena);
        }
    }

    private static ImageBytes image(byte[] file) {
        return new ImageBytes("test.elf", MemorySegment.ofArray(file));
    }
}
