package dev.vls.control.load;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

/** Sums and silences at given times. */
class TimelineTest {
    private final Timeline timeline = new Timeline(1_000, 10);

    @Test
    void sumsAreByPartsOfTime() {
        timeline.add(1_000, 1);
        timeline.add(1_009, 2);
        timeline.add(1_010, 4);
        timeline.add(1_035, 8);
        assertArrayEquals(new long[] {3, 4, 0, 8}, timeline.sums());
        assertEquals(15, timeline.total());
    }

    @Test
    void theLongestSilenceIsBetweenTwoArrivalsOrAtTheEnd() {
        timeline.add(1_100, 1);
        timeline.add(1_130, 1);
        timeline.add(1_140, 1);
        assertEquals(30, timeline.silenceNanosMax());
        assertEquals(100, timeline.silenceFromNanos());
        timeline.end(1_200);
        assertEquals(60, timeline.silenceNanosMax());
        assertEquals(140, timeline.silenceFromNanos());
    }

    @Test
    void timesFromOtherThreadsMayBeLate() {
        timeline.add(1_050, 1);
        timeline.add(1_020, 1);
        timeline.add(50_000, 1);
        assertEquals(2, timeline.sums()[5]);
        assertEquals(48_950, timeline.silenceNanosMax());
    }
}
