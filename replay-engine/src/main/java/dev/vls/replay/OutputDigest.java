package dev.vls.replay;

import dev.vls.machine.ForwardingOutputSink;
import dev.vls.machine.OutputSink;
import dev.vls.machine.control.ControlCommand;
import dev.vls.machine.device.block.DiskOperation;
import dev.vls.machine.device.block.DiskRequest;
import dev.vls.machine.device.net.FrameOffload;
import java.io.ByteArrayOutputStream;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
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
    private final byte[] headBytes = new byte[HEAD_BYTES];
    private final ByteBuffer head = ByteBuffer.wrap(headBytes).order(ByteOrder.LITTLE_ENDIAN);
    private final @Nullable Begun begun;

    /**
     * @param before what the next digest begins with: the digest that was taken last, and what was
     *     folded since; empty at the start of a run
     * @param remember whether {@link #begun} is to be known
     */
    OutputDigest(OutputSink next, byte[] before, boolean remember) {
        this.next = next;
        this.begun = remember ? new Begun() : null;
        update(before, 0, before.length);
    }

    /** The digest at this place; what follows is folded into the next. */
    byte[] take() {
        byte[] value = digest.digest();
        if (begun != null) {
            begun.clear();
        }
        update(value, 0, value.length);
        return value;
    }

    /** What the next digest begins with, if that is not too much to be remembered. */
    byte @Nullable [] begun() {
        return begun == null ? null : begun.bytes();
    }

    private void update(byte[] bytes, int offset, int length) {
        digest.update(bytes, offset, length);
        if (begun != null) {
            begun.add(MemorySegment.ofArray(bytes).asSlice(offset, length));
        }
    }

    /** Bytes, up to a limit. */
    private static final class Begun {
        private static final int BYTES_MAX = 256 << 10;

        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        private boolean tooMany;

        void clear() {
            bytes.reset();
            tooMany = false;
        }

        void add(MemorySegment more) {
            tooMany |= more.byteSize() > BYTES_MAX - bytes.size();
            if (!tooMany) {
                bytes.writeBytes(more.toArray(ValueLayout.JAVA_BYTE));
            }
        }

        byte @Nullable [] bytes() {
            return tooMany ? null : bytes.toByteArray();
        }
    }

    @Override
    protected OutputSink next() {
        return next;
    }

    @Override
    public void console(byte[] bytes, int offset, int length) {
        fold(head(CONSOLE).putLong(length));
        update(bytes, offset, length);
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
            if (begun != null) {
                begun.add(request.data());
            }
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
        update(text, 0, text.length);
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
        update(bytes, offset, length);
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
        update(headBytes, 0, filled.position());
    }
}
