package dev.vls.control.report;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A page with a table of figures and charts; no scripts, and nothing that is fetched. */
public final class HtmlReport {
    /** Of lines in a chart. */
    static final int COLORS = 4;

    private static final String STYLE =
            """
            :root { color-scheme: light dark; --ink: #222; --paper: #fff; --grid: #ddd; --mark: #b00;
              --s0: #0b62a4; --s1: #d97706; --s2: #15803d; --s3: #7c3aed; }
            @media (prefers-color-scheme: dark) { :root { --ink: #ddd; --paper: #181818; --grid: #383838;
              --mark: #f66; --s0: #6cb6ff; --s1: #f0a44b; --s2: #5fd38d; --s3: #b79cff; } }
            body { font: 15px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--paper);
              max-width: 62rem; margin: 2rem auto; padding: 0 1rem; }
            table { border-collapse: collapse; } td, th { text-align: left; padding: .2rem 1.2rem .2rem 0;
              border-bottom: 1px solid var(--grid); vertical-align: top; }
            td.value { text-align: right; white-space: nowrap; font-variant-numeric: tabular-nums; }
            svg { width: 100%; height: auto; } svg text { font-size: 12px; fill: var(--ink); }
            .grid { stroke: var(--grid); } line.mark { stroke: var(--mark); stroke-dasharray: 4 3; }
            text.mark { fill: var(--mark); } polyline { fill: none; stroke-width: 1.3; }
            polyline.s0 { stroke: var(--s0); } polyline.s1 { stroke: var(--s1); }
            polyline.s2 { stroke: var(--s2); } polyline.s3 { stroke: var(--s3); }
            svg text.s0 { fill: var(--s0); } svg text.s1 { fill: var(--s1); }
            svg text.s2 { fill: var(--s2); } svg text.s3 { fill: var(--s3); }
            """;

    private final String title;
    private final List<String> rows = new ArrayList<>();
    private final List<String> charts = new ArrayList<>();

    public HtmlReport(String title) {
        this.title = title;
    }

    /**
     * Adds a line to the table of figures.
     *
     * @param remark what it is measured against, or how; empty for nothing
     */
    public void figure(String name, String value, String remark) {
        rows.add(
                "<tr><td>%s</td><td class=\"value\">%s</td><td>%s</td></tr>"
                        .formatted(escape(name), escape(value), escape(remark)));
    }

    /** Adds a chart below those that are there. */
    public void chart(Chart chart) {
        charts.add("<h2>%s</h2>\n%s".formatted(escape(chart.title()), SvgChart.of(chart)));
    }

    /** The whole page. */
    public String html() {
        return """
               <!DOCTYPE html>
               <html lang="en">
               <head><meta charset="utf-8"><title>%s</title>
               <style>
               %s</style></head>
               <body>
               <h1>%s</h1>
               <table>
               %s
               </table>
               %s
               </body>
               </html>
               """
                .formatted(
                        escape(title),
                        STYLE,
                        escape(title),
                        String.join("\n", rows),
                        String.join("\n", charts));
    }

    /** Writes the page. */
    public void write(Path file) throws IOException {
        Files.writeString(file, html(), StandardCharsets.UTF_8);
    }

    static String escape(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;");
    }
}
