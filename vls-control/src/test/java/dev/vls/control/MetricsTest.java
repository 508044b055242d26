package dev.vls.control;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a scraper is told by a leader and its follower, and what docs/metrics.md says of it. */
@Timeout(180)
final class MetricsTest {
    private static final Pattern NAME = Pattern.compile("(?m)^(vls_[a-z_]+)");

    @TempDir private Path directory;

    private static String scrape(VlsProcess process) throws IOException, InterruptedException {
        URI address = URI.create(process.wordBehind("metrics are at"));
        try (HttpClient client = HttpClient.newHttpClient()) {
            HttpResponse<String> answer =
                    client.send(
                            HttpRequest.newBuilder(address).build(),
                            HttpResponse.BodyHandlers.ofString());
            assertEquals(200, answer.statusCode());
            return answer.body();
        }
    }

    private static double value(String metrics, String name) {
        Matcher found = Pattern.compile("(?m)^" + name + "(?:\\{[^}]*})? (\\S+)$").matcher(metrics);
        assertTrue(found.find(), () -> "no " + name + " in " + metrics);
        return Double.parseDouble(found.group(1));
    }

    @Test
    void leaderAndFollowerTellHowTheyStandAndTheDocumentationNamesAllOfIt() throws Exception {
        String name = "metrics-" + ProcessHandle.current().pid();
        try (VlsProcess leader =
                        PairProcesses.lead(directory, name, "--metrics", PairProcesses.ANY_PORT);
                VlsProcess follower =
                        VlsProcess.start(
                                directory,
                                "follow",
                                PairProcesses.addressOf(leader),
                                "--take-over",
                                "--metrics",
                                "127.0.0.1:0",
                                "--console",
                                "none")) {
            leader.awaitErrors("may take over");
            try (LedgerClient client = LedgerClient.connect(name)) {
                assertEquals(1, client.add(1));
                String led = scrape(leader);
                assertEquals(1, value(led, "vls_pair_epoch"));
                assertTrue(value(led, "vls_pair_published_events_total") > 0, led);
                assertTrue(value(led, "vls_pair_log_bytes_total") > 0, led);
                assertTrue(value(led, "vls_pair_sent_pages") > 0, led);
                assertTrue(value(led, "vls_pair_follower_received_events_total") > 0, led);
                assertTrue(led.contains("role=\"leader\""), led);
                String followed = scrape(follower);
                assertTrue(value(followed, "vls_pair_received_events_total") > 0, followed);
                assertTrue(followed.contains("role=\"follower\""), followed);
                assertDocumented(led);
                assertDocumented(followed);
                client.quit();
            }
            assertEquals(0, leader.exitCode());
        }
    }

    private static void assertDocumented(String metrics) throws IOException {
        String documentation = Files.readString(Path.of("../docs/metrics.md"));
        NAME.matcher(metrics)
                .results()
                .map(found -> found.group(1))
                .forEach(
                        name ->
                                assertTrue(
                                        documentation.contains("`" + name + "`"),
                                        name + " is not documented"));
    }

    @Test
    void aPlaceThatIsTakenIsSaidInALine() {
        CommandLineHarness refused =
                CommandLineHarness.vls(
                        "lead",
                        "--kernel",
                        "builtin:hello",
                        "--listen",
                        "127.0.0.1:0",
                        "--metrics",
                        "192.0.2.1:9");
        assertEquals(ExitCode.USAGE, refused.exitCode);
        assertEquals(1, refused.err.lines().count(), refused.err);
        assertTrue(refused.err.contains("--metrics 192.0.2.1:9"), refused.err);
    }
}
