package dev.vls.control.flight;

import jdk.jfr.Category;
import jdk.jfr.DataAmount;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import jdk.jfr.Timespan;

/** Once a second, how far the slowest follower is behind. */
@Name("vls.Lag")
@Label("Lag")
@Category("vls")
@Description("Once a second, how far the slowest follower is behind.")
@StackTrace(false)
final class LagEvent extends Event {
    @Label("Lag")
    @Timespan
    long lag;

    @Label("Held Bytes")
    @DataAmount
    long heldBytes;

    @Label("Held Outputs")
    long heldOutputs;
}
