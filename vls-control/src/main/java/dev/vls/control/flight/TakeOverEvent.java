package dev.vls.control.flight;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import jdk.jfr.Timespan;

/** A follower goes on for its leader. */
@Name("vls.TakeOver")
@Label("Take-over")
@Category("vls")
@Description("A follower goes on for its leader.")
@StackTrace(false)
final class TakeOverEvent extends Event {
    @Label("Epoch")
    long epoch;

    @Label("Since the Arbiter Decided")
    @Timespan
    long sinceDecision;
}
