package dev.vls.replay.locate;

import dev.vls.machine.OutputSink;
import dev.vls.machine.control.ControlCommand;
import dev.vls.machine.device.block.DiskOperation;
import dev.vls.machine.device.block.DiskRequest;
import dev.vls.machine.device.net.FrameOffload;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/** Counts what a guest puts out, keeps a hash of all of it, and the last of it in full. */
public final class OutputTrail implements OutputSink {
    private static final int KEPT = 64;
    private static final int BYTES_SHOWN = 64;

    /**
     * One output.
     *
     * @param number counted from 0
     * @param text what it was, with its first bytes
     * @param hash of all outputs up to this one
     */
    record Output(long number, String text, long hash) {}

    private final Deque<Output> last = new ArrayDeque<>();
    private long count;
    private long hash = 1;

    /** The last outputs, oldest first. */
    Iterable<Output> last() {
        return last;
    }

    long count() {
        return count;
    }

    long hash() {
        return hash;
    }

    /** Forgets all outputs so far. */
    void clear() {
        last.clear();
        count = 0;
        hash = 1;
    }

    private void add(String what, byte[] bytes) {
        hash = (hash * 31 + Arrays.hashCode(bytes)) * 0x9E37_79B9_7F4A_7C15L + what.hashCode();
        if (last.size() == KEPT) {
            last.removeFirst();
        }
        byte[] shown = bytes.length > BYTES_SHOWN ? Arrays.copyOf(bytes, BYTES_SHOWN) : bytes;
        String more = bytes.length > BYTES_SHOWN ? "…" : "";
        last.addLast(new Output(count, what + ' ' + printable(shown) + more, hash));
        count++;
    }

    /** Text as such, everything else in hexadecimal. */
    private static String printable(byte[] bytes) {
        for (byte octet : bytes) {
            if (octet < ' ' && octet != '\n' && octet != '\r' && octet != '\t') {
                return HexFormat.of().formatHex(bytes);
            }
        }
        String text = new String(bytes, StandardCharsets.US_ASCII);
        return '"' + text.replace("\n", "\\n").replace("\r", "\\r").replace("\t", "\\t") + '"';
    }

    @Override
    public void console(byte[] bytes, int offset, int length) {
        add("console", Arrays.copyOfRange(bytes, offset, offset + length));
    }

    @Override
    public void disk(DiskRequest request) {
        boolean data = request.operation() == DiskOperation.WRITE;
        add(
                "disk %d %s at sector %d, %d sectors"
                        .formatted(
                                request.disk(),
                                request.operation(),
                                request.sector(),
                                request.sectors()),
                data ? request.data().toArray(ValueLayout.JAVA_BYTE) : new byte[0]);
    }

    @Override
    public void controlDone(ControlCommand command, @Nullable String refusal) {
        String answer = refusal == null ? "done" : refusal;
        add("control " + command.text(), answer.getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public void networkFrame(
            int device, byte[] bytes, int offset, int length, FrameOffload offload) {
        add("frame of eth" + device, Arrays.copyOfRange(bytes, offset, offset + length));
    }
}
