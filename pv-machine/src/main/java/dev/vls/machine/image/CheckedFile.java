package dev.vls.machine.image;

import java.io.IOException;
import java.nio.ByteBuffer;

/** An image file whose failures are {@link ImageException}s that say where. */
final class CheckedFile {
    private static final int ZEROS_SIZE = 64 << 10;
    private static final String REMEDY = "check the host's disk and file system";

    final ImageFile file;

    CheckedFile(ImageFile file) {
        this.file = file;
    }

    String name() {
        return file.name();
    }

    long size() {
        try {
            return file.size();
        } catch (IOException e) {
            throw failure("cannot tell its size", e);
        }
    }

    void read(long offset, ByteBuffer target) {
        int length = target.remaining();
        try {
            file.read(offset, target);
        } catch (IOException e) {
            throw failure("cannot read %d bytes at %d".formatted(length, offset), e);
        }
    }

    byte[] read(long offset, int length) {
        byte[] bytes = new byte[length];
        read(offset, ByteBuffer.wrap(bytes));
        return bytes;
    }

    void write(long offset, ByteBuffer source) {
        int length = source.remaining();
        try {
            file.write(offset, source);
        } catch (IOException e) {
            throw failure("cannot write %d bytes at %d".formatted(length, offset), e);
        }
    }

    /** Makes a part zeros, and gives its space back if the host can. */
    void clear(long offset, long length) {
        try {
            if (length == 0 || file.punchHole(offset, length)) {
                return;
            }
        } catch (IOException e) {
            throw failure("cannot let go of %d bytes at %d".formatted(length, offset), e);
        }
        ByteBuffer zeros = ByteBuffer.allocate((int) Math.min(length, ZEROS_SIZE));
        for (long done = 0; done < length; done += zeros.capacity()) {
            zeros.clear().limit((int) Math.min(length - done, zeros.capacity()));
            write(offset + done, zeros);
        }
    }

    void truncate(long size) {
        try {
            file.truncate(size);
        } catch (IOException e) {
            throw failure("cannot be cut to %d bytes".formatted(size), e);
        }
    }

    void flush() {
        try {
            file.flush();
        } catch (IOException e) {
            throw failure("cannot be flushed", e);
        }
    }

    void close() {
        try {
            file.close();
        } catch (IOException e) {
            throw failure("cannot be closed", e);
        }
    }

    /** The file's content is not what it must be. */
    ImageException damaged(String problem) {
        return new ImageException(name(), problem, "restore it from a backup, or convert it anew");
    }

    private ImageException failure(String problem, IOException cause) {
        String detail = cause.getMessage() == null ? cause.toString() : cause.getMessage();
        return new ImageException(name(), problem + " (" + detail + ")", REMEDY, cause);
    }
}
