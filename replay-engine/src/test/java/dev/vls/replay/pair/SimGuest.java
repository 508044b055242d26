package dev.vls.replay.pair;

import dev.vls.replay.pair.SimWorld.Output;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A guest whose whole state is one number, which tells all that it was ever given, and a memory of
 * which each input reads and writes one page.
 */
final class SimGuest {
    static final int PAGES = 16;

    long state = 1;
    final long[] pages = new long[PAGES];

    /** All that it has put out. */
    final List<Output> history = new ArrayList<>();

    /** It is given an input, and puts out its state. */
    Output input(long value) {
        int page = pageFor(value);
        state = Long.rotateLeft((state ^ value ^ pages[page]) * 0x9E37_79B9_7F4A_7C15L, 29);
        pages[page] = state;
        Output output = new Output(history.size() + 1, state);
        history.add(output);
        return output;
    }

    /** The page that an input will read and write. */
    int pageFor(long value) {
        return (int) Long.remainderUnsigned(state + value * 31, PAGES);
    }

    /** All but the pages. */
    byte[] save() {
        ByteBuffer bytes = ByteBuffer.allocate(Long.BYTES * (1 + 2 * history.size()));
        bytes.putLong(state);
        history.forEach(output -> bytes.putLong(output.number()).putLong(output.state()));
        return bytes.array();
    }

    static SimGuest restore(byte[] saved) {
        ByteBuffer bytes = ByteBuffer.wrap(saved);
        SimGuest guest = new SimGuest();
        guest.state = bytes.getLong();
        Arrays.fill(guest.pages, 0x5A5A_5A5A_5A5A_5A5AL);
        while (bytes.hasRemaining()) {
            guest.history.add(new Output(bytes.getLong(), bytes.getLong()));
        }
        return guest;
    }
}
