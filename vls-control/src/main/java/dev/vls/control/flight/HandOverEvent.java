package dev.vls.control.flight;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;

/** A follower goes on for this leader, on purpose. */
@Name("vls.HandOver")
@Label("Hand-over")
@Category("vls")
@Description("A follower goes on for this leader, on purpose.")
@StackTrace(false)
final class HandOverEvent extends Event {
    @Label("Epoch")
    long epoch;
}
