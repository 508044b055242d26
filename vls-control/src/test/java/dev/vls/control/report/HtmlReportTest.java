package dev.vls.control.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.vls.control.CommandException;
import dev.vls.control.ExitCode;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.xml.sax.InputSource;
import picocli.CommandLine;

/** Pages: well-formed, complete, and safe from what is in the files. */
class HtmlReportTest {
    @TempDir private Path directory;

    /** As {@code vls load} writes them: 5 a part, but none for two of ten. */
    private Path load(String name, String client) throws Exception {
        Path file = directory.resolve(name);
        return Files.writeString(
                file,
                """
                {"client":"%s","unit":"replies","seconds":0.1,"total":40,"silence_ms_max":20.5,
                 "silence_from_seconds":0.05,"latency_ms":{"50.0":1.5,"99.0":2.5},
                 "wrong":{"lost":0},"other":{},"failure":"","part_ms":10.0,
                 "timeline":[5,5,5,5,5,0,0,5,5,5]}
                """
                        .formatted(client));
    }

    private String report(String... arguments) throws Exception {
        Path page = directory.resolve("page.html");
        CommandLine command = new CommandLine(new ReportCommand());
        command.parseArgs(arguments);
        ReportCommand report = command.getCommand();
        report.output = page;
        report.run();
        return Files.readString(page);
    }

    private static void assertWellFormed(String html) throws Exception {
        // It is XML but for the first lines.
        String body = html.substring(html.indexOf("<body>"), html.indexOf("</html>"));
        DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(new InputSource(new StringReader(body)));
    }

    @Test
    void clientsOfOneKindShareAChart() throws Exception {
        String html =
                report(
                        "-o=x",
                        "--title=Two ways",
                        "--mark=0.05=kill -9",
                        "semi-active=" + load("a", "ledger"),
                        "pre-copy=" + load("b", "ledger"),
                        load("c", "web").toString());
        assertWellFormed(html);
        assertEquals(2, html.split("<svg ", -1).length - 1);
        assertEquals(3, html.split("<polyline ", -1).length - 1);
        assertTrue(html.contains("<h1>Two ways</h1>"));
        assertTrue(html.contains("semi-active silent for 20.5 ms"));
        assertTrue(html.contains(">kill -9</text>"));
        assertTrue(html.contains("<td>c, web: lost</td><td class=\"value\">0</td>"));
        assertFalse(Pattern.compile("(src|href)=|<script|@import|url\\(").matcher(html).find());
    }

    @Test
    void aLineFollowsItsValues() {
        Chart.Series series = new Chart.Series("s", 0, 1, List.of(0.0, 50.0, 100.0, 0.0));
        String svg = SvgChart.of(new Chart("t", "u", List.of(series), List.of()));
        String points = svg.replaceAll("(?s).*points=\"([^\"]*)\".*", "$1").strip();
        // From 30 (100) down to 230 (0), a quarter of the width apart.
        assertEquals(
                "70,230.0 288,130.0 507,30.0 726,230.0",
                Pattern.compile(" ").splitAsStream(points).collect(Collectors.joining(" ")));
    }

    @Test
    void whatIsInFilesIsNoMarkup() throws Exception {
        String html = report("-o=x", "<b>\"&=" + load("a", "<script>alert(1)</script>"));
        assertWellFormed(html);
        assertFalse(html.contains("<script>"));
        assertFalse(html.contains("<b>"));
    }

    @Test
    void otherFilesAreRefused() throws Exception {
        for (String content : List.of("", "{", "[]", "{}", "{\"client\":\"x\",\"timeline\":1}")) {
            Path file = Files.writeString(directory.resolve("bad"), content);
            CommandException refused =
                    assertThrows(CommandException.class, () -> report("-o=x", file.toString()));
            assertEquals(ExitCode.UNUSABLE_INPUT, refused.exitCode);
            assertEquals(1, String.valueOf(refused.getMessage()).lines().count());
        }
        Path missing = directory.resolve("missing");
        assertThrows(CommandException.class, () -> report("-o=x", missing.toString()));
    }
}
