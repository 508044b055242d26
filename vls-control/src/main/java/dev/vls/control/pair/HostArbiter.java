package dev.vls.control.pair;

import dev.vls.replay.pair.Arbiter;
import java.util.UUID;

/** An arbiter as a process has it: there is something to let go of at the end. */
public interface HostArbiter extends Arbiter, AutoCloseable {
    /**
     * The guest is no more: its register goes, if this leader's it is still. Waits for that a short
     * while; what stays behind is a few bytes that nobody looks at again.
     */
    void retire(UUID leader);

    @Override
    void close();
}
