package dev.vls.control;

import static dev.vls.control.CommandLineHarness.vls;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertIterableEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The static programs of {@code pv-machine/linux/programs} print in a Linux guest what they print
 * on the processor underneath.
 */
@Tag("linux")
class LinuxProgramsTest {
    private static final String FIRST_LINE = "== integer";
    private static final String END = "vls: status ";

    @TempDir private static Path directory;
    private static Path ramdisk;
    private static List<String> expected;

    @BeforeAll
    static void buildAndRunNatively() throws IOException, InterruptedException {
        LinuxGuest.kernel("cloud");
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/gcc")), "no gcc to build the programs");
        Path sources = LinuxGuest.scripts().resolve("programs");
        Path build = directory.resolve("programs");
        LinuxGuest.succeed(
                directory.resolve("make.log"), "make", "-C", sources.toString(), "BUILD=" + build);
        Path runAll = Files.copy(sources.resolve("run-all.sh"), build.resolve("run-all.sh"));
        Path output = directory.resolve("native");
        LinuxGuest.succeed(output, runAll.toString());
        expected = Files.readAllLines(output);
        ramdisk =
                LinuxGuest.ramdisk(
                        directory.resolve("ramdisk"),
                        "--no-modules",
                        "--add",
                        build + ":/programs");
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void printWhatTheyPrintOnTheHost(int vcpus) throws IOException {
        Path console = directory.resolve("console" + vcpus);
        CommandLineHarness run =
                vls(
                        "run",
                        "--kernel=" + LinuxGuest.kernel("cloud"),
                        "--ramdisk=" + ramdisk,
                        "--memory=512M",
                        "--vcpus=" + vcpus,
                        "--clock=virtual",
                        "--cmdline=console=hvc0 quiet vls.run=/programs/run-all.sh",
                        "--console=file=" + console);
        assertEquals(0, run.exitCode, run.err);
        assertIterableEquals(expected, outputOfPrograms(console));
    }

    /** What the console shows from the first program on, with a terminal's line ends undone. */
    private static List<String> outputOfPrograms(Path console) throws IOException {
        return Files.readAllLines(console).stream()
                .map(line -> line.replace("\r", ""))
                .dropWhile(line -> !line.equals(FIRST_LINE))
                .takeWhile(line -> !line.startsWith(END))
                .toList();
    }
}
