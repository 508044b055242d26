package dev.vls.replay.wire;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.UUID;

/** Writes the fields of a frame. */
final class FrameWriter {
    private static final int BYTES = 256;

    private ByteBuffer frame = allocate(BYTES);

    private static ByteBuffer allocate(int bytes) {
        return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    private ByteBuffer room(int bytes) {
        if (frame.remaining() < bytes) {
            ByteBuffer larger = allocate(Math.max(frame.position() + bytes, frame.capacity() * 2));
            larger.put(frame.flip());
            frame = larger;
        }
        return frame;
    }

    FrameWriter type(MessageType type) {
        return u8(type.number);
    }

    FrameWriter u8(int value) {
        room(1).put((byte) value);
        return this;
    }

    FrameWriter u16(int value) {
        room(2).putShort((short) value);
        return this;
    }

    FrameWriter u32(int value) {
        room(4).putInt(value);
        return this;
    }

    FrameWriter u64(long value) {
        room(8).putLong(value);
        return this;
    }

    FrameWriter flag(boolean value) {
        return u8(value ? 1 : 0);
    }

    FrameWriter id(UUID id) {
        return u64(id.getMostSignificantBits()).u64(id.getLeastSignificantBits());
    }

    FrameWriter bytes(byte[] bytes) {
        room(bytes.length).put(bytes);
        return this;
    }

    FrameWriter blob(byte[] bytes) {
        return u32(bytes.length).bytes(bytes);
    }

    FrameWriter text(String text) {
        return blob(text.getBytes(StandardCharsets.UTF_8));
    }

    FrameWriter packed(Packed content) {
        return u8(content.zstd() ? WireFormat.CODEC_ZSTD : WireFormat.CODEC_STORED)
                .u32(content.rawLength())
                .blob(content.bytes());
    }

    /** What is in front of the content. */
    FrameWriter headOf(Lent content) {
        return u8(content.zstd() ? WireFormat.CODEC_ZSTD : WireFormat.CODEC_STORED)
                .u32(content.rawLength())
                .u32(content.bytes().remaining());
    }

    byte[] toBytes() {
        byte[] bytes = new byte[frame.position()];
        frame.get(0, bytes);
        return bytes;
    }
}
