package dev.vls.control.report;

import static dev.vls.control.report.HtmlReport.escape;

import java.util.Locale;

/** Draws a chart as SVG. Values that fall on one pixel are averaged. */
final class SvgChart {
    private static final int WIDTH = 960;
    private static final int HEIGHT = 260;
    private static final int LEFT = 70;
    private static final int RIGHT = 15;
    private static final int TOP = 30;
    private static final int BOTTOM = 30;
    private static final int PLOT_WIDTH = WIDTH - LEFT - RIGHT;
    private static final int PLOT_HEIGHT = HEIGHT - TOP - BOTTOM;
    private static final int LINE = 14;
    private static final int TICKS = 5;
    private static final double[] STEPS = {1, 2, 2.5, 5, 10};

    private final Chart chart;
    private final StringBuilder out = new StringBuilder();
    private final double seconds;
    private final double top;

    private SvgChart(Chart chart) {
        this.chart = chart;
        double end = 0;
        for (Chart.Series series : chart.series()) {
            end = Math.max(end, series.endSeconds());
        }
        for (Chart.Mark mark : chart.marks()) {
            end = Math.max(end, mark.seconds());
        }
        seconds = end > 0 ? end : 1;
        double most = 0;
        for (Chart.Series series : chart.series()) {
            for (double value : columns(series, seconds)) {
                most = value > most ? value : most;
            }
        }
        top = TICKS * step(most / TICKS);
    }

    static String of(Chart chart) {
        return new SvgChart(chart).draw();
    }

    /** The round number that is not smaller. */
    private static double step(double least) {
        if (!(least > 0)) {
            return 1;
        }
        double power = Math.pow(10, Math.floor(Math.log10(least)));
        for (double step : STEPS) {
            if (step * power >= least) {
                return step * power;
            }
        }
        return 10 * power;
    }

    /** Averages by pixel; NaN where there is no value. */
    private static double[] columns(Chart.Series series, double seconds) {
        double[] sums = new double[PLOT_WIDTH];
        int[] counts = new int[PLOT_WIDTH];
        for (int i = 0; i < series.values().size(); i++) {
            double at = series.fromSeconds() + i * series.stepSeconds();
            int column = (int) (at / seconds * PLOT_WIDTH);
            if (column >= 0 && column < PLOT_WIDTH) {
                sums[column] += series.values().get(i);
                counts[column]++;
            }
        }
        for (int i = 0; i < PLOT_WIDTH; i++) {
            sums[i] /= counts[i];
        }
        return sums;
    }

    private String draw() {
        add(String.format(Locale.ROOT, "<svg viewBox=\"0 0 %d %d\" role=\"img\">", WIDTH, HEIGHT));
        drawAxes();
        for (int i = 0; i < chart.series().size(); i++) {
            drawSeries(chart.series().get(i), i);
        }
        for (int i = 0; i < chart.marks().size(); i++) {
            Chart.Mark mark = chart.marks().get(i);
            double x = x(mark.seconds());
            add(
                    String.format(
                            Locale.ROOT,
                            "<line class=\"mark\" x1=\"%.1f\" x2=\"%.1f\" y1=\"%d\" y2=\"%d\"/>",
                            x,
                            x,
                            TOP,
                            TOP + PLOT_HEIGHT));
            boolean left = x > WIDTH / 2.0;
            add(
                    String.format(
                            Locale.ROOT,
                            "<text class=\"mark\" x=\"%.1f\" y=\"%d\" text-anchor=\"%s\">%s</text>",
                            x + (left ? -4 : 4),
                            TOP + 12 + LINE * i,
                            left ? "end" : "start",
                            escape(mark.label())));
        }
        add("</svg>");
        return out.toString();
    }

    private void drawAxes() {
        for (int i = 0; i <= TICKS; i++) {
            double value = top / TICKS * i;
            double y = y(value);
            add(
                    String.format(
                            Locale.ROOT,
                            "<line class=\"grid\" x1=\"%d\" x2=\"%d\" y1=\"%.1f\" y2=\"%.1f\"/>",
                            LEFT,
                            WIDTH - RIGHT,
                            y,
                            y));
            add(
                    String.format(
                            Locale.ROOT,
                            "<text x=\"%d\" y=\"%.1f\" text-anchor=\"end\">%s</text>",
                            LEFT - 6,
                            y + 4,
                            number(value)));
        }
        double step = step(seconds / 10);
        for (int i = 0; i * step <= seconds; i++) {
            add(
                    String.format(
                            Locale.ROOT,
                            "<text x=\"%.1f\" y=\"%d\" text-anchor=\"middle\">%s s</text>",
                            x(i * step),
                            HEIGHT - 10,
                            number(i * step)));
        }
        add(
                String.format(
                        Locale.ROOT,
                        "<text x=\"%d\" y=\"%d\">%s</text>",
                        LEFT,
                        TOP - 14,
                        escape(chart.unit())));
    }

    private void drawSeries(Chart.Series series, int index) {
        StringBuilder points = new StringBuilder();
        double[] columns = columns(series, seconds);
        for (int i = 0; i < columns.length; i++) {
            if (!Double.isNaN(columns[i])) {
                points.append(String.format(Locale.ROOT, "%d,%.1f ", LEFT + i, y(columns[i])));
            }
        }
        add(
                String.format(
                        Locale.ROOT,
                        "<polyline class=\"s%d\" points=\"%s\"/>",
                        index % HtmlReport.COLORS,
                        points));
        add(
                String.format(
                        Locale.ROOT,
                        "<text class=\"s%d\" x=\"%d\" y=\"%d\" text-anchor=\"end\">%s</text>",
                        index % HtmlReport.COLORS,
                        WIDTH - RIGHT - 150 * index,
                        TOP - 14,
                        escape(series.name())));
    }

    private double x(double at) {
        return LEFT + at / seconds * PLOT_WIDTH;
    }

    private double y(double value) {
        return TOP + PLOT_HEIGHT * (1 - value / top);
    }

    private static String number(double value) {
        if (value >= 1e9) {
            return plain(value / 1e9) + "G";
        }
        if (value >= 1e6) {
            return plain(value / 1e6) + "M";
        }
        return value >= 1e3 ? plain(value / 1e3) + "k" : plain(value);
    }

    private static String plain(double value) {
        String text = String.format(Locale.ROOT, "%.2f", value);
        return text.replaceAll("\\.?0+$", "");
    }

    private void add(String line) {
        out.append(line).append('\n');
    }
}
