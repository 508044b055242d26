package dev.vls.control;

import static dev.vls.control.CommandLineHarness.vls;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code vls disk}. */
class DiskCommandTest {
    @TempDir private Path directory;

    private String path(String name) {
        return directory.resolve(name).toString();
    }

    @Test
    void imagesGoThroughAllFormatsAndStayTheSame() throws IOException {
        byte[] content = new byte[5 << 20];
        new Random(3).nextBytes(content);
        Arrays.fill(content, 1 << 20, 4 << 20, (byte) 0);
        Files.write(directory.resolve("a.img"), content);
        assertEquals(0, vls("disk", "convert", path("a.img"), path("b.vhd")).exitCode);
        assertTrue(Files.size(directory.resolve("b.vhd")) < 5 << 20);
        assertEquals(0, vls("disk", "create", path("c.avhd"), "--parent", path("b.vhd")).exitCode);
        assertEquals(0, vls("disk", "convert", path("c.avhd"), path("d.vhd"), "--fixed").exitCode);
        assertEquals(0, vls("disk", "convert", path("d.vhd"), path("e.img")).exitCode);
        assertArrayEquals(content, Files.readAllBytes(directory.resolve("e.img")));
    }

    @Test
    void newImageHasItsSize() throws IOException {
        assertEquals(0, vls("disk", "create", path("a.img"), "--size=3M").exitCode);
        assertEquals(3 << 20, Files.size(directory.resolve("a.img")));
        assertEquals(0, vls("disk", "create", path("a.vhd"), "--size=3M", "--fixed").exitCode);
        assertEquals((3 << 20) + 512, Files.size(directory.resolve("a.vhd")));
        CommandLineHarness again = vls("disk", "create", path("a.img"), "--size=3M");
        assertEquals(3, again.exitCode);
        assertTrue(again.err.contains("is there already"), again.err);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "create x.img",
                "create x.img --size=1M --fixed",
                "create x.vhd --size=1M --parent=y"
            })
    void wrongUsageIsSaidInOneLine(String arguments) {
        CommandLineHarness run = vls(("disk " + arguments).split(" "));
        assertEquals(2, run.exitCode);
        assertEquals(1, run.err.lines().count(), run.err);
    }
}
