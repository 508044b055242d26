package dev.vls.control;

import static dev.vls.control.CommandLineHarness.vls;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code vls cpu run}: small pieces of code, and their registers. */
class CpuRunCommandTest {
    @TempDir private Path directory;

    @Test
    void addsAndHalts() throws IOException {
        // add rax, rbx; hlt
        String json = run("4801d8f4", "--set", "rax=0x7fffffffffffffff", "--set", "rbx=1").out;
        assertContains(json, "\"end\":\"hlt\"", "\"rax\":\"0x8000000000000000\"");
        assertContains(json, "\"of\":true", "\"sf\":true", "\"cf\":false", "\"fault\":null");
        assertContains(json, "\"rip\":\"0x0000000000001003\"");
        assertEquals(1, json.lines().count());
    }

    @Test
    void reportsTheFault() throws IOException {
        // mov rax, [rdi]
        String json = run("488b07", "--set", "rdi=0x123456").out;
        assertContains(json, "\"end\":\"fault\"", "\"vector\":14", "\"name\":\"#PF\"");
        assertContains(json, "\"error_code\":4", "\"address\":\"0x0000000000123456\"");
    }

    @Test
    void cpuidReportsWhatIsImplemented() throws IOException {
        // cpuid; hlt
        String json = run("0fa2f4", "--set", "rax=1").out;
        assertContains(json, "\"rax\":\"0x00000000000206c2\"", "\"rcx\":\"0x0000000082d82203\"");
    }

    @Test
    void mapsMemoryAndFiles() throws IOException {
        Path data =
                Files.write(directory.resolve("data"), HexFormat.of().parseHex("2a00000000000000"));
        // mov rax, [rsi]; mov [rdi], rax; mov rbx, [rdi]; hlt
        String json =
                run(
                                "488b06488907488b1ff4",
                                "--map=0x200000:0x1000:" + data,
                                "--map=0x300000:8K",
                                "--set=rsi=0x200000",
                                "--set=rdi=0x301ff8")
                        .out;
        assertContains(json, "\"end\":\"hlt\"", "\"rbx\":\"0x000000000000002a\"");
    }

    @Test
    void loadsCodeIntoMemoryThatIsMapped() throws IOException {
        String json = run("f4", "--map=0x0:64K").out;
        assertContains(json, "\"end\":\"hlt\"");
    }

    @Test
    void setsAndPrintsVectorAndX87Registers() throws IOException {
        // paddq xmm1, xmm2; fadd st(0), st(1); hlt
        String json =
                run(
                                "660fd4cad8c1f4",
                                "--set=xmm1=0x00000000000000010000000000000002",
                                "--set=xmm2=0x00000000000000030000000000000004",
                                "--set=st0=0x3fff8000000000000000",
                                "--set=st1=0x3fff8000000000000000")
                        .out;
        assertContains(json, "\"xmm1\":\"0x00000000000000040000000000000006\"");
        assertContains(json, "\"st0\":\"0x40008000000000000000\"");
    }

    @Test
    void stopsAtTheLimitAndAtSyscall() throws IOException {
        String json = run("ebfe", "--max-instructions=1000").out;
        assertContains(json, "\"end\":\"limit\"", "\"instructions\":1000");
        assertContains(run("0f05").out, "\"end\":\"syscall\"");
    }

    @Test
    void printsTextWithoutJson() throws IOException {
        Path code = Files.write(directory.resolve("code"), HexFormat.of().parseHex("f4"));
        String text = vls("cpu", "run", "--code", code.toString(), "--at=4096").out;
        assertTrue(text.startsWith("hlt after "), text);
        assertTrue(text.contains("rip 0x0000000000001000"), text);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "--set=rax",
                "--set=rax=x",
                "--set=rax=0x10000000000000000",
                "--set=zax=1",
                "--set=xmm16=1",
                "--map=1",
                "--map=x:1",
                "--map=0:0",
                "--map=0x800000000000:4096",
                "--map=0:9999T",
                "--max-instructions=0"
            })
    void wrongOptionsAreOneLineAndExitCode2(String option) throws IOException {
        CommandLineHarness result = run("f4", option);
        assertEquals(2, result.exitCode, result.err);
        assertEquals(1, result.err.lines().count(), result.err);
    }

    @Test
    void missingFilesAreUnusableInput() {
        assertEquals(3, vls("cpu", "run", "--code=/nowhere/code", "--at=0").exitCode);
    }

    private CommandLineHarness run(String hex, String... options) throws IOException {
        Path code = Files.write(directory.resolve("code"), HexFormat.of().parseHex(hex));
        List<String> arguments = new ArrayList<>();
        arguments.addAll(List.of("cpu", "run", "--code", code.toString(), "--at", "0x1000"));
        arguments.addAll(List.of(options));
        arguments.add("--json");
        return vls(arguments.toArray(String[]::new));
    }

    private static void assertContains(String json, String... parts) {
        for (String part : parts) {
            assertTrue(json.contains(part), () -> part + " is not in " + json);
        }
    }
}
