package dev.vls.machine.domain;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.airlift.compress.v3.lz4.Lz4JavaCompressor;
import io.airlift.compress.v3.zstd.ZstdJavaCompressor;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tukaani.xz.FilterOptions;
import org.tukaani.xz.LZMA2Options;
import org.tukaani.xz.X86Options;
import org.tukaani.xz.XZ;
import org.tukaani.xz.XZOutputStream;

/** Kernels within bzImages, in the formats of Linux's build; ramdisks. */
class DecompressionTest {
    @TempDir private Path directory;

    /** The commands of Linux's scripts/Makefile.lib. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "gzip -n -f -9",
                "xz --check=crc32 --x86 --lzma2=,dict=32MiB",
                "lz4 -l -9 -",
                "zstd -22 --ultra",
                "zstd -3",
                "lzma -9"
            })
    void readsWhatTheSystemsToolsCompress(String command) throws Exception {
        byte[] kernel = kernel();
        byte[] compressed = runTool(command, kernel);
        boolean gzip = command.startsWith("gzip");
        assertSameKernel(kernel, BzImage.wrap(compressed, gzip ? -1 : kernel.length));
    }

    @Test
    void readsXzWithTheBranchFilter() throws IOException {
        byte[] kernel = kernel();
        ByteArrayOutputStream compressed = new ByteArrayOutputStream();
        FilterOptions[] filters = {new X86Options(), new LZMA2Options(6)};
        try (OutputStream stream = new XZOutputStream(compressed, filters, XZ.CHECK_CRC32)) {
            stream.write(kernel);
        }
        assertSameKernel(kernel, BzImage.wrap(compressed.toByteArray(), kernel.length));
    }

    @Test
    void readsAnElfFileThatIsCompressedAsAWhole() throws IOException {
        byte[] kernel = kernel();
        assertSameKernel(kernel, gzip(kernel));
    }

    @Test
    void namesTheFormatsThatItDoesNotRead() {
        assertRefused(
                "bzip2", BzImage.wrap("BZh91AY&SY000000".getBytes(StandardCharsets.UTF_8), 100));
        assertRefused("lzo", BzImage.wrap(new byte[] {(byte) 0x89, 'L', 'Z', 'O', 0, 0}, 100));
        assertRefused("unknown format", BzImage.wrap(new byte[64], 100));
    }

    @Test
    void refusesDamagedPayloads() throws Exception {
        long seed = System.nanoTime();
        SplittableRandom random = new SplittableRandom(seed);
        byte[] kernel = kernel();
        List<byte[]> images =
                List.of(
                        BzImage.wrap(gzip(kernel), -1),
                        BzImage.wrap(xz(kernel), kernel.length),
                        BzImage.wrap(lz4(kernel), kernel.length),
                        BzImage.wrap(zstd(kernel), kernel.length));
        for (int i = 0; i < 2000; i++) {
            byte[] image = images.get(i % images.size()).clone();
            for (int change = random.nextInt(1, 4); change > 0; change--) {
                int at = random.nextInt(BzImage.PAYLOAD, image.length);
                image[at] = (byte) random.nextInt();
            }
            try (Arena arena = Arena.ofConfined()) {
                KernelFile.read("damaged", MemorySegment.ofArray(image), arena);
            } catch (KernelImageException expected) {
                assertEquals(1, expected.toString().lines().count(), "seed " + seed);
            } catch (RuntimeException | Error e) {
                throw new AssertionError("seed " + seed + ", case " + i, e);
            }
        }
    }

    @Test
    void refusesABzImageThatEndsBeforeItsPayload() throws IOException {
        byte[] image = BzImage.wrap(gzip(kernel()), -1);
        for (int length = 0x260; length < image.length; length += 97) {
            assertRefused("", Arrays.copyOf(image, length));
        }
    }

    @Test
    void unpacksARamdiskThatIsOneGzipMember() throws IOException {
        byte[] content = kernel();
        byte[] packed = gzip(content);
        assertEquals(content.length + 16, ramdisk(packed).byteSize());
        assertEquals(
                -1,
                ramdisk(packed)
                        .asSlice(0, content.length)
                        .mismatch(MemorySegment.ofArray(content)));
        byte[] two = Arrays.copyOf(packed, 2 * packed.length);
        System.arraycopy(packed, 0, two, packed.length, packed.length);
        assertEquals(two.length, ramdisk(two).byteSize());
        assertThrows(KernelImageException.class, () -> ramdisk(new byte[0]));
    }

    private static MemorySegment ramdisk(byte[] file) {
        var named = new DomainImage.NamedBytes("initrd", MemorySegment.ofArray(file));
        return Ramdisk.read(named, Arena.ofAuto());
    }

    private static void assertSameKernel(byte[] kernel, byte[] file) {
        try (Arena arena = Arena.ofConfined()) {
            KernelImage image = KernelFile.read("bzImage", MemorySegment.ofArray(file), arena);
            byte[] read = image.image().segment().toArray(ValueLayout.JAVA_BYTE);
            assertArrayEquals(kernel, read);
        }
    }

    private static void assertRefused(String why, byte[] file) {
        try (Arena arena = Arena.ofConfined()) {
            KernelImageException e =
                    assertThrows(
                            KernelImageException.class,
                            () -> KernelFile.read("bzImage", MemorySegment.ofArray(file), arena));
            assertTrue(e.toString().contains(why), e.toString());
        }
    }

    /** With content that compresses somewhat, several LZ4 blocks of it. */
    private static byte[] kernel() {
        TestKernel kernel = TestKernel.pv();
        kernel.content = new byte[200_000];
        SplittableRandom random = new SplittableRandom(1);
        for (int i = 0; i < kernel.content.length; i++) {
            kernel.content[i] = (byte) (random.nextInt(5) * (i >> 12));
        }
        kernel.memoryBytes = kernel.content.length;
        return kernel.build();
    }

    private static byte[] gzip(byte[] bytes) throws IOException {
        ByteArrayOutputStream result = new ByteArrayOutputStream();
        try (OutputStream stream = new GZIPOutputStream(result)) {
            stream.write(bytes);
        }
        return result.toByteArray();
    }

    private static byte[] xz(byte[] bytes) throws IOException {
        ByteArrayOutputStream result = new ByteArrayOutputStream();
        try (OutputStream stream = new XZOutputStream(result, new LZMA2Options(1))) {
            stream.write(bytes);
        }
        return result.toByteArray();
    }

    private static byte[] lz4(byte[] bytes) {
        var compressor = new Lz4JavaCompressor();
        byte[] block = new byte[compressor.maxCompressedLength(bytes.length)];
        int size = compressor.compress(bytes, 0, bytes.length, block, 0, block.length);
        byte[] result = new byte[8 + size];
        TestKernel.view(result).putInt(0x184C2102).putInt(size).put(block, 0, size);
        return result;
    }

    private static byte[] zstd(byte[] bytes) {
        var compressor = new ZstdJavaCompressor();
        byte[] frame = new byte[compressor.maxCompressedLength(bytes.length)];
        int size = compressor.compress(bytes, 0, bytes.length, frame, 0, frame.length);
        return Arrays.copyOf(frame, size);
    }

    private byte[] runTool(String command, byte[] input) throws Exception {
        String tool = command.substring(0, command.indexOf(' '));
        assumeTrue(Files.isExecutable(Path.of("/usr/bin", tool)), tool + " is not installed");
        Path source = directory.resolve("in");
        Path target = directory.resolve("out");
        Files.write(source, input);
        Process process =
                new ProcessBuilder(command.split(" "))
                        .redirectInput(source.toFile())
                        .redirectOutput(target.toFile())
                        .start();
        assertEquals(0, process.waitFor(), command);
        return Files.readAllBytes(target);
    }
}
