package dev.vls.control;

import static dev.vls.control.CommandLineHarness.vls;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

/** What holds for every command. */
class VlsTest {
    @Test
    void everyCommandHasHelp() {
        assertHelp(Vls.commandLine(), "");
    }

    private static void assertHelp(CommandLine command, String path) {
        String[] arguments = (path + " --help").strip().split(" ");
        CommandLineHarness result = vls(arguments);
        assertEquals(0, result.exitCode, path);
        assertTrue(result.out.startsWith("Usage: " + ("vls " + path).strip()), result.out);
        assertFalse(result.out.lines().anyMatch(line -> line.length() > 80), result.out);
        command.getSubcommands()
                .forEach((name, sub) -> assertHelp(sub, (path + " " + name).strip()));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "fly",
                "--fly",
                "cpu",
                "cpu fly",
                "cpu run",
                "cpu run --code x",
                "cpu run --code x --at y",
                "completion --fly",
                "trace",
                "trace fly",
                "trace info",
                "trace diff one"
            })
    void wrongUsageIsOneLineAndExitCode2(String line) {
        CommandLineHarness result = vls(line.isEmpty() ? new String[0] : line.split(" "));
        assertEquals(2, result.exitCode);
        assertEquals(1, result.err.lines().count(), result.err);
        assertTrue(result.err.contains("--help"), result.err);
        assertEquals("", result.out);
    }

    @Test
    void printsVersionAndCompletion() {
        assertTrue(vls("--version").out.startsWith("vls "));
        String script = vls("completion").out;
        assertTrue(script.contains("complete -F"), script);
        assertTrue(script.contains("--code"), script);
    }
}
