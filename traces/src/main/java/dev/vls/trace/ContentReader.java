package dev.vls.trace;

import dev.vls.trace.TraceFormatException.Problem;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/** Reads the fields of a chunk's content, none of which can be trusted. */
final class ContentReader {
    private final byte[] content;
    private final long chunkOffset;
    private int position;

    ContentReader(byte[] content, long chunkOffset) {
        this.content = content;
        this.chunkOffset = chunkOffset;
    }

    int position() {
        return position;
    }

    int remaining() {
        return content.length - position;
    }

    int u8() {
        if (position == content.length) {
            throw truncated();
        }
        return content[position++] & 0xff;
    }

    /** Any 64 bits. */
    long varint() {
        long value = 0;
        for (int shift = 0; ; shift += 7) {
            int next = u8();
            value |= (long) (next & 0x7f) << shift;
            if (shift == 63 && next > 1) {
                throw malformed("a number has more than 64 bits");
            }
            if (next < 0x80) {
                if (next == 0 && shift > 0) {
                    throw malformed("a number is longer than it needs to be");
                }
                return value;
            }
        }
    }

    /** A number from 0 to {@code max}. */
    long varint(long max, String what) {
        long value = varint();
        if (value < 0 || value > max) {
            throw problem(
                    Problem.LIMIT,
                    what + " is " + Long.toUnsignedString(value) + ", at most " + max);
        }
        return value;
    }

    int varint(int max, String what) {
        return (int) varint((long) max, what);
    }

    int zigzagInt(String what) {
        long coded = varint(0xffff_ffffL, what);
        return (int) ((coded >>> 1) ^ -(coded & 1));
    }

    Bytes bytes(int max, String what) {
        int length = length(max, what);
        Bytes bytes = Bytes.copyOf(content, position, length);
        position += length;
        return bytes;
    }

    String text(int max, String what) {
        int length = length(max, what);
        try {
            String text =
                    StandardCharsets.UTF_8
                            .newDecoder()
                            .decode(ByteBuffer.wrap(content, position, length))
                            .toString();
            position += length;
            return text;
        } catch (CharacterCodingException e) {
            throw malformed(what + " is not UTF-8");
        }
    }

    String name() {
        String name = text(TraceFormat.NAME_MAX, "a name");
        if (name.isEmpty()) {
            throw malformed("a name is empty");
        }
        return name;
    }

    private int length(int max, String what) {
        int length = varint(max, "the length of " + what);
        if (length > remaining()) {
            throw truncated();
        }
        return length;
    }

    /**
     * @throws TraceFormatException if something is left
     */
    void end() {
        if (remaining() > 0) {
            throw malformed(remaining() + " bytes are left over");
        }
    }

    TraceFormatException malformed(String what) {
        return problem(Problem.MALFORMED, what);
    }

    TraceFormatException problem(Problem problem, String what) {
        return new TraceFormatException(
                problem, chunkOffset, "the chunk here, byte " + position + ": " + what);
    }

    private TraceFormatException truncated() {
        return problem(Problem.TRUNCATED, "the content ends within a field");
    }
}
