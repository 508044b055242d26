package dev.vls.machine.domain;

import java.io.InputStream;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** Reads a segment from its beginning to its end. */
final class SegmentInputStream extends InputStream {
    private final MemorySegment source;
    private long position;

    SegmentInputStream(MemorySegment source) {
        this.source = source;
    }

    @Override
    public int read() {
        return position == source.byteSize()
                ? -1
                : source.get(ValueLayout.JAVA_BYTE, position++) & 0xFF;
    }

    @Override
    public int read(byte[] target, int offset, int length) {
        if (length == 0) {
            return 0;
        }
        int count = (int) Math.min(length, source.byteSize() - position);
        if (count == 0) {
            return -1;
        }
        MemorySegment.copy(source, ValueLayout.JAVA_BYTE, position, target, offset, count);
        position += count;
        return count;
    }

    @Override
    public int available() {
        return (int) Math.min(Integer.MAX_VALUE, source.byteSize() - position);
    }
}
