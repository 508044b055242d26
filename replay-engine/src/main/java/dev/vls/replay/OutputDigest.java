package dev.vls.replay;

import dev.vls.machine.ForwardingOutputSink;
import dev.vls.machine.OutputSink;
import dev.vls.machine.control.ControlCommand;
import dev.vls.machine.device.block.DiskOperation;
import dev.vls.machine.device.block.DiskRequest;
import dev.vls.machine.device.net.FrameOffload;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import org.jspecify.annotations.Nullable;

/**
 * Passes outputs on and folds them into the rolling digest of docs/spec/determinism.md. Each {@link
 * #take} gives the digest of the one before and of all outputs since: so its state between two
 * outputs can be told in 32 bytes. How much of a frame the guest has taken depends on the host's
 * speed: that is no output.
 */
final class OutputDigest extends ForwardingOutputSink {
    private static final int CONSOLE = 1;
    private static final int DISK = 2;
    private static final int FRAME = 3;
    private static final int CONTROL = 4;
    private static final int HEAD_BYTES = 64;

    private final OutputSink next;
    private final MessageDigest digest = Sha256.create();
    private final ByteBuffer head = ByteBuffer.allocate(HEAD_BYTES).order(ByteOrder.LITTLE_ENDIAN);

    /**
     * @param before the digest that was taken last, empty at the start of a run
     */
    OutputDigest(OutputSink next, byte[] before) {
        this.next = next;
        digest.update(before);
    }

    /** The digest at this place; what follows is folded into the next. */
    byte[] take() {
        byte[] value = digest.digest();
        digest.update(value);
        return value;
    }

    @Override
    protected OutputSink next() {
        return next;
    }

    @Override
    public void console(byte[] bytes, int offset, int length) {
        fold(head(CONSOLE).putLong(length));
        digest.update(bytes, offset, length);
        super.console(bytes, offset, length);
    }

    @Override
    public void disk(DiskRequest request) {
        fold(
                head(DISK)
                        .putLong(request.disk())
                        .putLong(request.number())
                        .putLong(code(request.operation()))
                        .putLong(request.sector())
                        .putLong(request.sectors()));
        if (request.operation() != DiskOperation.READ) {
            Sha256.update(digest, request.data());
        }
        super.disk(request);
    }

    private static long code(DiskOperation operation) {
        return switch (operation) {
            case READ -> 0;
            case WRITE -> 1;
            case FLUSH -> 2;
            case BARRIER -> 3;
            case DISCARD -> 4;
        };
    }

    @Override
    public void controlDone(ControlCommand command, @Nullable String refusal) {
        byte[] text = (refusal == null ? "" : refusal).getBytes(StandardCharsets.UTF_8);
        fold(head(CONTROL).putLong(refusal == null ? 1 : 0).putLong(text.length));
        digest.update(text);
        super.controlDone(command, refusal);
    }

    @Override
    public void networkFrame(
            int device, byte[] bytes, int offset, int length, FrameOffload offload) {
        fold(
                head(FRAME)
                        .putLong(device)
                        .putLong(code(offload.checksum()))
                        .putLong(offload.gsoType())
                        .putLong(offload.gsoSize())
                        .putLong(length));
        digest.update(bytes, offset, length);
        super.networkFrame(device, bytes, offset, length, offload);
    }

    private static long code(FrameOffload.Checksum checksum) {
        return switch (checksum) {
            case NONE -> 0;
            case VALIDATED -> 1;
            case BLANK -> 2;
        };
    }

    private ByteBuffer head(int kind) {
        return head.clear().putLong(kind);
    }

    private void fold(ByteBuffer filled) {
        digest.update(filled.flip());
    }
}
