package dev.vls.machine.host.image;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.vls.machine.image.DiskFormat;
import dev.vls.machine.image.DiskImage;
import dev.vls.machine.image.DiskImages;
import dev.vls.machine.image.ImageException;
import dev.vls.machine.image.VhdId;
import dev.vls.machine.image.VhdOrigin;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files on the host: what QEMU's tools make of ours and we of theirs, chains, locks. */
class QemuImgTest {
    /** A size that the geometry names exactly, so that nobody rounds it. */
    private static final int SIZE = 17 * 4 * 512 * 300;

    private static final Path QEMU_IMG = Path.of("/usr/bin/qemu-img");

    private final DiskImages images = new DiskImages(new HostImageFolder());
    private final long seed = System.nanoTime();
    private final Random random = new Random(seed);

    @TempDir Path folder = Path.of("");

    private String path(String name) {
        return folder.resolve(name).toString();
    }

    private VhdOrigin origin() {
        return new VhdOrigin(new VhdId(random.nextLong(), random.nextLong()), 700_000_000);
    }

    private static String qemuImg(String... arguments) throws IOException, InterruptedException {
        assumeTrue(Files.isExecutable(QEMU_IMG), "qemu-img is not installed");
        List<String> command = new ArrayList<>(List.of(QEMU_IMG.toString()));
        command.addAll(List.of(arguments));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, process.waitFor(), String.join(" ", command) + "\n" + output);
        return output;
    }

    private void scribble(String name, byte[] model) {
        try (DiskImage disk = images.open(path(name), DiskFormat.of(name), true)) {
            for (int i = 0; i < 40; i++) {
                byte[] data = new byte[512 * (1 + random.nextInt(200))];
                random.nextBytes(data);
                int sector = random.nextInt((SIZE - data.length) / 512);
                disk.write(sector, ByteBuffer.wrap(data));
                System.arraycopy(data, 0, model, sector * 512, data.length);
            }
        }
    }

    private byte[] contents(String name) {
        try (DiskImage disk = images.open(path(name), DiskFormat.of(name), false)) {
            byte[] all = new byte[(int) disk.sectors() * 512];
            disk.read(0, ByteBuffer.wrap(all));
            return all;
        }
    }

    @Test
    void qemuReadsWhatWeWrite() throws Exception {
        byte[] model = new byte[SIZE];
        images.createDynamic(path("d.vhd"), SIZE, origin());
        images.createFixed(path("f.vhd"), SIZE, origin());
        scribble("d.vhd", model);
        byte[] fixedModel = new byte[SIZE];
        scribble("f.vhd", fixedModel);
        Files.write(folder.resolve("d.raw"), model);
        Files.write(folder.resolve("f.raw"), fixedModel);
        qemuImg("compare", "-f", "vpc", "-F", "raw", path("d.vhd"), path("d.raw"));
        qemuImg("compare", "-f", "vpc", "-F", "raw", path("f.vhd"), path("f.raw"));
        assertTrue(qemuImg("info", "-f", "vpc", path("d.vhd")).contains(SIZE + " bytes"));
        assertTrue(qemuImg("info", "-f", "vpc", path("f.vhd")).contains(SIZE + " bytes"));
    }

    @Test
    void weReadWhatQemuWritesAndItReadsWhatWeChange() throws Exception {
        byte[] model = new byte[SIZE];
        random.nextBytes(model);
        Arrays.fill(model, 1 << 20, 9 << 20, (byte) 0);
        Files.write(folder.resolve("disk.raw"), model);
        for (String kind : new String[] {"dynamic", "fixed"}) {
            for (String forced : new String[] {"on", "off"}) {
                String name = kind + forced + ".vhd";
                qemuImg(
                        "convert",
                        "-f",
                        "raw",
                        "-O",
                        "vpc",
                        "-o",
                        "subformat=" + kind + ",force_size=" + forced,
                        path("disk.raw"),
                        path(name));
                byte[] read = contents(name);
                assertArrayEquals(model, Arrays.copyOf(read, SIZE), "seed " + seed);
                byte[] changed = model.clone();
                scribble(name, changed);
                Files.write(folder.resolve("changed.raw"), changed);
                qemuImg("compare", "-f", "vpc", "-F", "raw", path(name), path("changed.raw"));
            }
        }
    }

    @Test
    void chainIsFoundBesideItWhereverItIsMoved() throws Exception {
        byte[] model = new byte[SIZE];
        Files.createDirectory(folder.resolve("a"));
        images.createDynamic(path("a/base disk.vhd"), SIZE, origin());
        scribble("a/base disk.vhd", model);
        images.createDifferencing(path("a/one.avhd"), path("a/base disk.vhd"), origin());
        scribble("a/one.avhd", model);
        images.createDifferencing(path("a/two.avhd"), path("a/one.avhd"), origin());
        scribble("a/two.avhd", model);
        assertArrayEquals(model, contents("a/two.avhd"), "seed " + seed);
        Files.move(folder.resolve("a"), folder.resolve("b"));
        assertArrayEquals(model, contents("b/two.avhd"), "seed " + seed);
        // QEMU knows no parents; the child's own blocks and metadata it can read.
        assertTrue(qemuImg("info", "-f", "vpc", path("b/two.avhd")).contains(SIZE + " bytes"));
        Files.move(folder.resolve("b/two.avhd"), folder.resolve("two.avhd"));
        assertThrows(ImageException.class, () -> contents("two.avhd"));
        Files.move(folder.resolve("two.avhd"), folder.resolve("b/two.avhd"));
        Files.createDirectory(folder.resolve("c"));
        images.createDifferencing(path("c/three.avhd"), path("b/two.avhd"), origin());
        assertArrayEquals(model, contents("c/three.avhd"), "seed " + seed);
        Files.createDirectory(folder.resolve("d"));
        Files.move(folder.resolve("c/three.avhd"), folder.resolve("d/three.avhd"));
        assertArrayEquals(model, contents("d/three.avhd"), "seed " + seed);
    }

    @Test
    void diskHasOneWriterOrManyReaders() {
        images.createDynamic(path("base.vhd"), SIZE, origin());
        images.createDifferencing(path("a.avhd"), path("base.vhd"), origin());
        images.createDifferencing(path("b.avhd"), path("base.vhd"), origin());
        try (DiskImage a = images.open(path("a.avhd"), DiskFormat.VHD, true)) {
            try (DiskImage b = images.open(path("b.avhd"), DiskFormat.VHD, true)) {
                assertEquals(a.sectors(), b.sectors());
            }
            ImageException again =
                    assertThrows(
                            ImageException.class,
                            () -> images.open(path("a.avhd"), DiskFormat.VHD, false));
            assertTrue(again.getMessage().contains("is in use by this process"));
            assertThrows(
                    ImageException.class,
                    () -> images.open(path("base.vhd"), DiskFormat.VHD, true));
        }
        images.open(path("base.vhd"), DiskFormat.VHD, true).close();
    }

    @Test
    void diskInUseByAnotherProcessIsOneClearLine() throws Exception {
        images.createRaw(path("disk.raw"), SIZE);
        try (DiskImage disk = images.open(path("disk.raw"), DiskFormat.RAW, true)) {
            assertEquals(
                    "disk "
                            + path("disk.raw")
                            + ": is in use by another process: "
                            + "stop the other user, copy the image, or use it read-only everywhere",
                    other("disk.raw"));
            assertEquals(SIZE / 512, disk.sectors());
        }
        assertEquals("opened", other("disk.raw"));
    }

    /** Opens a disk in another process. */
    private String other(String name) throws IOException, InterruptedException {
        Process process =
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "-cp",
                                System.getProperty("java.class.path"),
                                OtherProcess.class.getName(),
                                path(name))
                        .redirectErrorStream(true)
                        .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        process.waitFor();
        return output.strip();
    }

    /** What the other process does. */
    static final class OtherProcess {
        private OtherProcess() {}

        public static void main(String[] arguments) {
            try {
                new DiskImages(new HostImageFolder())
                        .open(arguments[0], DiskFormat.of(arguments[0]), true)
                        .close();
                System.out.println("opened");
            } catch (ImageException e) {
                System.out.println(e.getMessage());
            }
        }
    }

    @Test
    void whatCannotBeOpenedIsOneClearLine() throws Exception {
        assertEquals(
                "disk " + path("none.vhd") + ": no such file: check the path",
                assertThrows(ImageException.class, () -> contents("none.vhd")).getMessage());
        Files.write(folder.resolve("text.vhd"), new byte[4096]);
        assertEquals(
                "disk "
                        + path("text.vhd")
                        + ": is no VHD: it has no footer: check the path, or use it as raw",
                assertThrows(ImageException.class, () -> contents("text.vhd")).getMessage());
        Files.createDirectory(folder.resolve("folder.raw"));
        assertTrue(
                assertThrows(ImageException.class, () -> contents("folder.raw"))
                        .getMessage()
                        .contains("is no regular file"));
        images.createRaw(path("there.raw"), SIZE);
        assertTrue(
                assertThrows(ImageException.class, () -> images.createRaw(path("there.raw"), SIZE))
                        .getMessage()
                        .contains("is there already"));
        assertThrows(ImageException.class, () -> images.createRaw(path("odd.raw"), 1000));
    }
}
