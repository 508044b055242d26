package dev.vls.replay.wire;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.UUID;

/** Reads the fields of a frame, none of which can be trusted. */
final class FrameReader {
    private final ByteBuffer frame;

    FrameReader(ByteBuffer bytes) {
        frame = bytes.slice().order(ByteOrder.LITTLE_ENDIAN);
    }

    int u8() {
        return need(1).get() & 0xFF;
    }

    int u16() {
        return need(2).getShort() & 0xFFFF;
    }

    /** A u32 up to a limit below 2³¹. */
    int u32(int max, String what) {
        int value = need(4).getInt();
        if (value < 0 || value > max) {
            throw new WireException(
                    "%s is %d, at most %d".formatted(what, Integer.toUnsignedLong(value), max));
        }
        return value;
    }

    /** A u64 up to a limit below 2⁶³. */
    long u64(long max, String what) {
        long value = int64();
        if (value < 0 || value > max) {
            throw new WireException(
                    "%s is %s, at most %d".formatted(what, Long.toUnsignedString(value), max));
        }
        return value;
    }

    long int64() {
        return need(8).getLong();
    }

    boolean flag(String what) {
        int value = u8();
        if (value > 1) {
            throw new WireException(what + " is no flag");
        }
        return value == 1;
    }

    UUID id() {
        long high = int64();
        return new UUID(high, int64());
    }

    byte[] blob(int max, String what) {
        int length = u32(max, "the length of " + what);
        return bytes(length);
    }

    byte[] bytes(int length) {
        // Looked at first: nothing is allocated for what is not there.
        ByteBuffer from = need(length);
        byte[] bytes = new byte[length];
        from.get(bytes);
        return bytes;
    }

    String text(int max, String what) {
        byte[] bytes = blob(max, what);
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
        } catch (CharacterCodingException e) {
            throw new WireException(what + " is not UTF-8");
        }
    }

    Packed packed(int rawMax, String what) {
        Lent content = lent(rawMax, what);
        byte[] bytes = new byte[content.bytes().remaining()];
        content.bytes().get(bytes);
        return new Packed(content.zstd(), content.rawLength(), bytes);
    }

    /** As {@link #packed}, where it is in the frame. */
    Lent lent(int rawMax, String what) {
        int codec = u8();
        int raw = u32(rawMax, "the length of " + what);
        int length = u32(rawMax, "the length of " + what);
        ByteBuffer from = need(length);
        ByteBuffer bytes = from.slice(from.position(), length);
        from.position(from.position() + length);
        boolean zstd = codec == WireFormat.CODEC_ZSTD;
        if (codec > WireFormat.CODEC_ZSTD || (!zstd && length != raw)) {
            throw new WireException(what + " is neither stored nor compressed");
        }
        return new Lent(zstd, raw, bytes);
    }

    <E> E constant(E[] all, int value, String what) {
        return Message.constant(all, value)
                .orElseThrow(() -> new WireException("%s is %d".formatted(what, value)));
    }

    void end() {
        if (frame.hasRemaining()) {
            throw new WireException(frame.remaining() + " bytes are left over in a frame");
        }
    }

    private ByteBuffer need(int bytes) {
        if (frame.remaining() < bytes) {
            throw new WireException("a frame ends within a field");
        }
        return frame;
    }
}
