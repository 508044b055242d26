package dev.vls.replay;

import dev.vls.machine.Input;
import org.jspecify.annotations.Nullable;

/**
 * A slot of the {@link EventRing}: one entry of a trace's list and its place. Consumers are lent it
 * until they have passed it; the arrays within do not change.
 */
final class RecordedEvent {
    int vcpu;
    long instructionCount;

    /** The input, if it is one; exactly one of this, {@link #digest} and {@link #end} is there. */
    @Nullable Input input;

    /** What a disk read, behind a {@link Input.BlockDone} whose data is logged. */
    byte @Nullable [] diskData;

    @Nullable PlaceDigest digest;
    @Nullable RecordingEnd end;

    /** Bytes that the slot keeps alive. */
    int payloadBytes;

    void clear() {
        input = null;
        diskData = null;
        digest = null;
        end = null;
        payloadBytes = 0;
    }
}
