package dev.vls.control;

import static dev.vls.control.CommandLineHarness.vls;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.vls.machine.hypervisor.GuestHandle;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine.TypeConversionException;

/** The option {@code --net}: what it means, and what an operator is told. */
class NetworkTargetTest {
    @TempDir private Path directory;

    private static NetworkTarget target(String text) {
        return new NetworkTarget.Converter().convert(text);
    }

    @Test
    void whatIsWrittenIsUnderstood() {
        NetworkTarget tap = target("tap=tap0,mac=00:16:3E:0A:0b:0c");
        assertEquals("tap0", tap.tap());
        assertEquals("00:16:3e:0a:0b:0c", tap.macOf(GuestHandle.NULL, 0));
        NetworkTarget server = target("socket=/run/x,listen");
        assertTrue(server.listen());
        assertEquals(
                "/run/x", String.valueOf(server.socket()).replaceAll(".*text=([^,]*).*", "$1"));
        assertTrue(!target("socket=localhost:99").listen());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "tap0",
                "tap=a,socket=b",
                "tap=a,listen",
                "mac=00:16:3e:00:00:01",
                "socket=a,mac=1:2",
                "socket=a,mac=01:00:5e:00:00:01",
                "socket=a,mac=00:00:00:00:00:00",
                "socket=a,fast",
                "socket=host:99999"
            })
    void whatMakesNoSenseIsRefused(String text) {
        assertThrows(TypeConversionException.class, () -> target(text));
        CommandLineHarness run = vls("run", "--kernel=builtin:hello", "--net=" + text);
        assertEquals(ExitCode.USAGE, run.exitCode);
    }

    @Test
    void anAddressFollowsFromDomainAndIndex() {
        NetworkTarget target = target("tap=a");
        GuestHandle other = new GuestHandle(1, 2);
        String first = target.macOf(GuestHandle.NULL, 0);
        assertTrue(first.matches("00:16:3e:[0-7][0-9a-f](:[0-9a-f]{2}){2}"), first);
        assertEquals(first, target.macOf(GuestHandle.NULL, 0));
        assertNotEquals(first, target.macOf(GuestHandle.NULL, 1));
        assertNotEquals(first, target.macOf(other, 0));
    }

    @Test
    void whatIsNotThereIsSaidInOneLine() throws Exception {
        Path nobody = directory.resolve("nobody");
        CommandLineHarness run = vls("run", "--kernel=builtin:hello", "--net=socket=" + nobody);
        assertEquals(ExitCode.UNREACHABLE, run.exitCode);
        assertEquals(1, run.err.lines().count(), run.err);
        assertTrue(run.err.contains("start the peer first"), run.err);
        run = vls("run", "--kernel=builtin:hello", "--net=tap=vls-missing");
        assertEquals(ExitCode.UNUSABLE_INPUT, run.exitCode);
        assertEquals(1, run.err.lines().count(), run.err);
        assertTrue(run.err.contains("ip tuntap add dev vls-missing"), run.err);
        Files.createFile(nobody);
        run = vls("run", "--kernel=builtin:hello", "--net=socket=" + nobody + ",listen");
        assertEquals(ExitCode.UNUSABLE_INPUT, run.exitCode);
        assertTrue(run.err.contains("is no socket"), run.err);
    }
}
