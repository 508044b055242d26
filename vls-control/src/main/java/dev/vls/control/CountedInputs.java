package dev.vls.control;

import dev.vls.machine.Input;
import dev.vls.machine.InputSource;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Passes inputs on and counts them by kind. */
final class CountedInputs implements InputSource {
    private final InputSource source;
    private final Map<String, Long> counts = new TreeMap<>();
    private long consoleBytes;

    CountedInputs(InputSource source) {
        this.source = source;
    }

    /** By the names of the kinds, sorted. */
    Map<String, Long> counts() {
        return Collections.unmodifiableMap(counts);
    }

    /** Bytes typed at the console. */
    long consoleBytes() {
        return consoleBytes;
    }

    @Override
    public long runLimit(int vcpu, long instructionCount) {
        return source.runLimit(vcpu, instructionCount);
    }

    @Override
    public @Nullable Input poll(int vcpu, long instructionCount, long systemTime) {
        return counted(source.poll(vcpu, instructionCount, systemTime));
    }

    @Override
    public @Nullable Input await(int vcpu, long instructionCount, long systemTime, long deadline) {
        return counted(source.await(vcpu, instructionCount, systemTime, deadline));
    }

    private @Nullable Input counted(@Nullable Input input) {
        if (input != null) {
            counts.merge(kind(input), 1L, Long::sum);
            if (input instanceof Input.ConsoleIn typed) {
                consoleBytes += typed.bytes().length;
            }
        }
        return input;
    }

    private static String kind(Input input) {
        return switch (input) {
            case Input.Clock clock -> "CLOCK";
            case Input.ConsoleIn console -> "CONSOLE_IN";
            case Input.NetRx frame -> "NET_RX";
            case Input.NetCarrier carrier -> "NET_CARRIER";
            case Input.BlockDone done -> "BLOCK_DONE";
            case Input.Control control -> "CONTROL";
        };
    }
}
