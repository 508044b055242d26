package dev.vls.control.report;

import java.util.List;

/**
 * Values over time.
 *
 * @param unit of the values
 * @param marks moments that matter
 */
public record Chart(String title, String unit, List<Series> series, List<Mark> marks) {
    public Chart {
        series = List.copyOf(series);
        marks = List.copyOf(marks);
    }

    /**
     * One line of it.
     *
     * @param fromSeconds of the first value
     * @param stepSeconds from one value to the next, greater than 0
     * @param values at least 0
     */
    public record Series(String name, double fromSeconds, double stepSeconds, List<Double> values) {
        public Series {
            values = List.copyOf(values);
            if (!(stepSeconds > 0)) {
                throw new IllegalArgumentException("step of " + stepSeconds);
            }
        }

        double endSeconds() {
            return fromSeconds + stepSeconds * values.size();
        }
    }

    /** A moment with a name. */
    public record Mark(double seconds, String label) {}
}
