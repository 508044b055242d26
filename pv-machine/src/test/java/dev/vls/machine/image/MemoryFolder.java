package dev.vls.machine.image;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** A folder in memory that can lose its power, and fail. */
final class MemoryFolder implements ImageFolder {
    final Map<String, MemoryFile> files = new TreeMap<>();

    /** Transfers until one fails; -1 for never. */
    int transfersUntilFailure = -1;

    /** What a file is, and what of it would survive. */
    static final class MemoryFile {
        byte[] content = {};
        byte[] safe = {};

        /** What happened since the last flush, in order. */
        private final List<Change> pending = new ArrayList<>();

        /** Loses power: each change since the last flush happened, or did not, or in parts. */
        void crash(Random random) {
            byte[] left = safe;
            for (Change change : pending) {
                if (change.bytes == null) {
                    left = random.nextBoolean() ? left : Arrays.copyOf(left, (int) change.offset);
                    continue;
                }
                int kind = random.nextInt(3);
                for (int at = 0; kind > 0 && at < change.bytes.length; ) {
                    int sectorEnd = (int) ((change.offset + at) / 512 * 512 + 512 - change.offset);
                    int end = Math.min(change.bytes.length, sectorEnd);
                    if (kind == 1 || random.nextBoolean()) {
                        int to = (int) change.offset;
                        left = to + end <= left.length ? left : Arrays.copyOf(left, to + end);
                        System.arraycopy(change.bytes, at, left, to + at, end - at);
                    }
                    at = end;
                }
            }
            content = left;
            safe = left.clone();
            pending.clear();
        }
    }

    /** Bytes written at an offset, or, without bytes, the file cut off there. */
    private static final class Change {
        final long offset;
        final byte @Nullable [] bytes;

        Change(long offset, byte @Nullable [] bytes) {
            this.offset = offset;
            this.bytes = bytes;
        }
    }

    @Override
    public ImageFile open(String path, boolean writable) {
        MemoryFile file = files.get(path);
        if (file == null) {
            throw new ImageException(path, "no such file", "check the path");
        }
        return new Handle(path, file, writable);
    }

    @Override
    public ImageFile create(String path) {
        MemoryFile file = new MemoryFile();
        files.put(path, file);
        return new Handle(path, file, true);
    }

    @Override
    public @Nullable String resolve(String from, String name) {
        return files.containsKey(name) ? name : null;
    }

    @Override
    public String relativize(String from, String to) {
        return to;
    }

    @Override
    public String absolute(String path) {
        return path;
    }

    @Override
    public void delete(String path) {
        files.remove(path);
    }

    private final class Handle implements ImageFile {
        private final String name;
        private final MemoryFile file;
        private final boolean writable;

        Handle(String name, MemoryFile file, boolean writable) {
            this.name = name;
            this.file = file;
            this.writable = writable;
        }

        @Override
        public String name() {
            return name;
        }

        @Override
        public boolean isWritable() {
            return writable;
        }

        @Override
        public long size() {
            return file.content.length;
        }

        @Override
        public void read(long offset, ByteBuffer target) throws IOException {
            transfer();
            if (offset + target.remaining() > file.content.length) {
                throw new EOFException("the file ends at " + file.content.length);
            }
            target.put(file.content, (int) offset, target.remaining());
        }

        @Override
        public void write(long offset, ByteBuffer source) throws IOException {
            transfer();
            byte[] bytes = new byte[source.remaining()];
            source.get(bytes);
            int end = (int) offset + bytes.length;
            if (end > file.content.length) {
                file.content = Arrays.copyOf(file.content, end);
            }
            System.arraycopy(bytes, 0, file.content, (int) offset, bytes.length);
            file.pending.add(new Change(offset, bytes));
        }

        @Override
        public boolean punchHole(long offset, long length) throws IOException {
            int end = (int) Math.min(offset + length, size());
            if (offset < end) {
                write(offset, ByteBuffer.allocate(end - (int) offset));
            }
            return true;
        }

        @Override
        public void truncate(long size) throws IOException {
            transfer();
            file.content = Arrays.copyOf(file.content, (int) Math.min(size, size()));
            file.pending.add(new Change(file.content.length, null));
        }

        @Override
        public void flush() throws IOException {
            transfer();
            file.safe = file.content.clone();
            file.pending.clear();
        }

        @Override
        public void close() {}

        private void transfer() throws IOException {
            if (transfersUntilFailure == 0) {
                throw new IOException("No space left on device");
            }
            if (transfersUntilFailure > 0) {
                transfersUntilFailure--;
            }
        }
    }
}
