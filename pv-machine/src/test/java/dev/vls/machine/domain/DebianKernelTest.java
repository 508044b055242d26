package dev.vls.machine.domain;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.vls.machine.domain.DomainImage.NamedBytes;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Debian's kernels, where the Xen test bed's cache has them. */
@Tag("xen")
class DebianKernelTest {
    private static final long PAGES_256_MIB = 256 * 256;

    @Test
    void theBzImageHoldsTheSameKernelAsTheElfFile() throws IOException {
        for (String flavour : new String[] {"guest", "dom0"}) {
            try (Arena arena = Arena.ofConfined()) {
                KernelImage elf = read("vmlinux-" + flavour, arena);
                KernelImage bzImage = read("vmlinuz-" + flavour, arena);
                assertEquals(elf.entry, bzImage.entry);
                assertEquals(elf.end, bzImage.end);
                assertArrayEquals(
                        elf.image().segment().toArray(ValueLayout.JAVA_BYTE),
                        bzImage.image().segment().toArray(ValueLayout.JAVA_BYTE));
            }
        }
    }

    @Test
    void laysOutAGuestWithARamdiskAsXenDid() throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            DomainImage image =
                    DomainImage.read(
                            new NamedBytes("kernel", map("vmlinux-guest", arena)),
                            new NamedBytes("ramdisk", map("initrd-tiny.cpio", arena)),
                            "console=hvc0",
                            PAGES_256_MIB,
                            arena);
            assertTrue(image.layout.ramdiskUnmapped);
            assertEquals(image.layout.consolePfn + 1, image.layout.rootPfn());
            assertEquals(0x80_0000_0000L, image.layout.p2mLinear);
        }
    }

    private static KernelImage read(String name, Arena arena) throws IOException {
        return KernelFile.read(name, map(name, arena), arena);
    }

    private static MemorySegment map(String name, Arena arena) throws IOException {
        String cache = System.getenv("XEN_TESTBED_CACHE");
        Path directory =
                cache == null
                        ? Path.of(System.getProperty("user.home"), ".cache", "xen-testbed")
                        : Path.of(cache);
        Path file = directory.resolve(name);
        assumeTrue(Files.isReadable(file), file + " is not there");
        try (FileChannel channel = FileChannel.open(file)) {
            return channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena);
        }
    }
}
