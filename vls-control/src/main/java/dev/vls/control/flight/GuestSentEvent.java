package dev.vls.control.flight;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import jdk.jfr.Timespan;

/** The guest was sent to a follower. */
@Name("vls.GuestSent")
@Label("Guest Sent")
@Category("vls")
@Description("The guest was sent to a follower.")
@StackTrace(false)
final class GuestSentEvent extends Event {
    @Label("Rounds")
    int rounds;

    @Label("Pages")
    long pages;

    @Label("Pages behind the Instant")
    long pagesBehindInstant;

    @Label("Pause")
    @Timespan
    long pause;
}
