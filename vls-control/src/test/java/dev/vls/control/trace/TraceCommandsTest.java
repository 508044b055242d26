package dev.vls.control.trace;

import static dev.vls.control.CommandLineHarness.vls;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import dev.vls.control.CommandLineHarness;
import dev.vls.trace.TraceEvent;
import dev.vls.trace.TraceHeader;
import dev.vls.trace.TraceWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code vls trace} as a user types it. */
class TraceCommandsTest {
    private static final byte[] KERNEL = "kernel".getBytes(StandardCharsets.UTF_8);

    @TempDir private Path directory;
    private String trace = "";

    @BeforeEach
    void record() throws Exception {
        trace = record("run.vls", KERNEL, "balloon", true);
    }

    /** A trace of five events, two to a chunk. */
    private String record(String name, byte[] packed, String command, boolean seal)
            throws Exception {
        Path path = directory.resolve(name);
        byte[] sha256 = MessageDigest.getInstance("SHA-256").digest(KERNEL);
        TraceHeader header =
                new TraceHeader(
                        "vls test",
                        TraceHeader.BOOT,
                        new TraceHeader.GuestFile(
                                "vmlinuz",
                                KERNEL.length,
                                HexFormat.of().formatHex(sha256),
                                "kernel"),
                        null,
                        List.of(),
                        "console=hvc0 \u001b[31m",
                        64 << 20,
                        2,
                        "",
                        new TraceHeader.Clock("host", 0, 0, 7),
                        List.of(new TraceHeader.Device("vif", "0", Map.of("mac", "x"))));
        try (TraceWriter writer = TraceWriter.create(path, header)) {
            writer.attachment("kernel", packed.length, 0, packed, 0, packed.length);
            writer.clock(0, 100, 1_000_000);
            writer.consoleIn(0, 200, "ls\n".getBytes(StandardCharsets.UTF_8), 0, 3);
            writer.flush();
            writer.control(1, 50, command, "target=65536");
            writer.netRx(0, 300, 0, TraceEvent.Offload.BLANK, new byte[] {1, 2}, 0, 2);
            writer.flush();
            writer.end(0, 400, "poweroff", new byte[] {9});
            writer.section(0, "memory", new byte[] {1}, 0, 1);
            writer.checkpoint(0, new long[] {400, 50});
            if (seal) {
                writer.seal();
            }
        }
        return path.toString();
    }

    @Test
    void infoSaysWhatIsThere() throws IOException {
        CommandLineHarness text = vls("trace", "info", trace);
        assertEquals(0, text.exitCode, text.err);
        assertTrue(text.out.contains("state              sealed\n"), text.out);
        assertTrue(text.out.contains("events             5\n"), text.out);
        assertTrue(text.out.contains("packed             kernel, 6 of 6 bytes"), text.out);
        assertFalse(text.out.contains("\u001b"), "a trace must not command the terminal");

        CommandLineHarness json = vls("trace", "info", "--json", trace);
        assertEquals(1, assertJson(json.out), json.out);
        assertTrue(json.out.contains("\"sealed\":true"), json.out);
        assertTrue(json.out.contains("\"sections\":{\"memory\":1}"), json.out);
    }

    @Test
    void eventsAreListedFromAnywhere() throws IOException {
        CommandLineHarness all = vls("trace", "events", trace);
        assertEquals(0, all.exitCode, all.err);
        assertEquals(
                """
                0 vcpu 0 icount 100 CLOCK 1000000 ns
                1 vcpu 0 icount 200 CONSOLE_IN 6c730a
                2 vcpu 1 icount 50 CONTROL balloon target=65536
                3 vcpu 0 icount 300 NET_RX device 0, checksum blank, frame 0102
                4 vcpu 0 icount 400 END poweroff 09
                """,
                all.out);
        String[] lines = all.out.split("\n", -1);
        assertEquals(lines[3] + "\n" + lines[4] + "\n", events("--from", "3"));
        assertEquals(lines[1] + "\n", events("--from-icount", "101", "--count", "1"));
        assertEquals(lines[2] + "\n", events("--from-icount=0", "--vcpu=1", "--count=1"));
        assertEquals("", events("--from", "5"));

        CommandLineHarness json = vls("trace", "events", "--json", trace);
        assertEquals(5, assertJson(json.out));
        assertTrue(
                json.out.startsWith(
                        "{\"event\":0,\"vcpu\":0,\"icount\":100,\"kind\":\"CLOCK\","
                                + "\"nanoseconds\":1000000}\n"),
                json.out);
        assertEquals(2, vls("trace", "events", trace, "--from=-1").exitCode);
        assertEquals(2, vls("trace", "events", trace, "--from-icount=0", "--vcpu=2").exitCode);
    }

    private String events(String... options) {
        String[] arguments =
                Arrays.copyOf(new String[] {"trace", "events", trace}, 3 + options.length);
        System.arraycopy(options, 0, arguments, 3, options.length);
        CommandLineHarness result = vls(arguments);
        assertEquals(0, result.exitCode, result.err);
        return result.out;
    }

    @Test
    void exportWritesAllOfItAsJsonLines() throws IOException {
        CommandLineHarness result = vls("trace", "export", "--json", trace);
        assertEquals(0, result.exitCode, result.err);
        assertEquals(1 + 5 + 1 + 1, assertJson(result.out), result.out);
        Path file = directory.resolve("export.jsonl");
        assertEquals(0, vls("trace", "export", trace, "-o", file.toString()).exitCode);
        assertEquals(result.out, Files.readString(file));
        assertEquals(2, vls("trace", "export", trace, "-o", directory.toString()).exitCode);
    }

    @Test
    void checkFindsWhatIsWrong() throws Exception {
        CommandLineHarness good = vls("trace", "check", trace, trace);
        assertEquals(0, good.exitCode, good.err);
        assertEquals((trace + ": good: 8 chunks, 5 events\n").repeat(2), good.out);
        assertEquals(1, assertJson(vls("trace", "check", "--json", trace).out));

        String other = record("other.vls", "other!".getBytes(StandardCharsets.UTF_8), "x", true);
        assertRefused("another SHA-256", "trace", "check", other);
        String unsealed = record("unsealed.vls", KERNEL, "x", false);
        assertRefused("incomplete", "trace", "check", unsealed);
    }

    @ParameterizedTest
    @ValueSource(strings = {"info", "events", "export", "check", "repair"})
    void whatIsNoTraceIsRefusedInOneLine(String command) throws IOException {
        Path text = Files.writeString(directory.resolve("text"), "no trace");
        assertRefused("offset 0: this is not a trace", "trace", command, text.toString());
        assertRefused("no such file", "trace", command, directory.resolve("none").toString());
        assertRefused("is no file", "trace", command, directory.toString());
        byte[] newer = Files.readAllBytes(Path.of(trace));
        newer[8] = 2;
        Files.write(text, newer);
        assertRefused("offset 0: the checksum", "trace", command, text.toString());
    }

    @Test
    void anIncompleteTraceIsReadAsFarAsItGoesAndRepaired() throws Exception {
        byte[] whole = Files.readAllBytes(Path.of(trace));
        Path torn = directory.resolve("torn.vls");
        Files.write(torn, Arrays.copyOf(whole, whole.length / 2));
        CommandLineHarness info = vls("trace", "info", torn.toString());
        assertEquals(0, info.exitCode, info.err);
        assertTrue(info.out.contains("state              incomplete: offset "), info.out);
        CommandLineHarness events = vls("trace", "events", torn.toString());
        assertEquals(3, events.exitCode);
        assertTrue(events.err.contains("vls trace repair"), events.err);
        assertRefused("incomplete", "trace", "check", torn.toString());

        CommandLineHarness repair = vls("trace", "repair", torn.toString());
        assertEquals(0, repair.exitCode, repair.err);
        assertTrue(repair.out.contains(": sealed with "), repair.out);
        CommandLineHarness repaired = vls("trace", "events", torn.toString());
        assertEquals(0, repaired.exitCode, repaired.err);
        assertEquals(events.out, repaired.out);
        assertEquals(0, vls("trace", "repair", "--json", torn.toString()).exitCode);
    }

    @Test
    void damageInTheMiddleIsRepairedInACopy() throws Exception {
        Path damaged = Path.of(trace);
        byte[] bytes = Files.readAllBytes(damaged);
        int frame = new String(bytes, StandardCharsets.ISO_8859_1).indexOf("target=65536");
        bytes[frame] ^= 1;
        Files.write(damaged, bytes);
        assertRefused("checksum", "trace", "events", trace);
        assertRefused("goes on at offset", "trace", "repair", trace);
        Path copy = directory.resolve("copy.vls");
        CommandLineHarness repair = vls("trace", "repair", trace, "-o", copy.toString());
        assertEquals(0, repair.exitCode, repair.err);
        assertEquals(0, vls("trace", "check", copy.toString()).exitCode);
        assertEquals(2, vls("trace", "events", copy.toString()).out.lines().count());
        String intact = record("intact.vls", KERNEL, "balloon", true);
        assertRefused("run.vls: offset", "trace", "diff", trace, intact);
        assertRefused("run.vls: offset", "trace", "diff", intact, trace);
    }

    @Test
    void diffEndsWith4AndNamesTheFirstDifference() throws Exception {
        CommandLineHarness same = vls("trace", "diff", trace, trace);
        assertEquals(0, same.exitCode, same.err);
        assertEquals("no difference in 5 events\n", same.out);

        String other = record("other.vls", KERNEL, "sysrq", true);
        CommandLineHarness result = vls("trace", "diff", trace, other);
        assertEquals(4, result.exitCode, result.err);
        assertEquals(
                """
                the first difference is in event 2
                < 2 vcpu 1 icount 50 CONTROL balloon target=65536
                > 2 vcpu 1 icount 50 CONTROL sysrq target=65536
                """,
                result.out);
        CommandLineHarness json = vls("trace", "diff", "--json", trace, other);
        assertEquals(4, json.exitCode);
        assertEquals(1, assertJson(json.out));
        assertRefused("none: no such file", "trace", "diff", trace, directory + "/none");
    }

    private static void assertRefused(String what, String... arguments) {
        CommandLineHarness result = vls(arguments);
        assertEquals(3, result.exitCode, result.err);
        assertEquals(1, result.err.lines().count(), result.err);
        assertTrue(result.err.startsWith("vls: trace "), result.err);
        assertTrue(result.err.contains(what), result.err);
    }

    /** How many lines there are; each is one JSON object. */
    private static int assertJson(String out) throws IOException {
        List<String> lines = out.lines().toList();
        for (String line : lines) {
            assertTrue(line.startsWith("{") && line.endsWith("}"), line);
            try (JsonParser parser = new JsonFactory().createParser(line)) {
                while (parser.nextToken() != null) {
                    parser.getText();
                }
            }
        }
        return lines.size();
    }
}
