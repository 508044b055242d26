package dev.vls.control.pair;

import dev.vls.replay.pair.Register;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Nobody decides: the leader leads as long as it lives, and no follower takes over. The register is
 * the leader's own.
 */
public final class NoArbiter implements HostArbiter {
    private long version = NOTHING;
    private @Nullable Register register;

    @Override
    public void read(Reader answer) {
        answer.read(new Reading(version, register));
    }

    @Override
    public void replace(long expected, Register next, Reader answer) {
        if (expected == version) {
            version++;
            register = next;
        }
        answer.read(new Reading(version, register));
    }

    @Override
    public String name() {
        return "none";
    }

    @Override
    public void retire(UUID leader) {}

    @Override
    public void close() {}
}
