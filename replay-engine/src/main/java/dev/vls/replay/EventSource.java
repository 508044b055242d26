package dev.vls.replay;

import dev.vls.trace.EventCursor;
import dev.vls.trace.TraceEvent;
import org.jspecify.annotations.Nullable;

/** The events of a run in their order, from a file or while it goes on. */
public interface EventSource {
    /** The next event; null behind the last one. */
    @Nullable TraceEvent next();

    /** Number of the event that {@link #next} returns next. */
    long nextEvent();

    static EventSource of(EventCursor cursor) {
        return new EventSource() {
            @Override
            public @Nullable TraceEvent next() {
                return cursor.next();
            }

            @Override
            public long nextEvent() {
                return cursor.nextEvent();
            }
        };
    }
}
