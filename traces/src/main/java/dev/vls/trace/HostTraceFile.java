package dev.vls.trace;

import java.io.Closeable;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * A file of the host, locked for this process. Not written through its channel: an interrupt of the
 * thread would close that one.
 */
final class HostTraceFile implements TraceFile {
    private final RandomAccessFile file;

    private HostTraceFile(RandomAccessFile file) {
        this.file = file;
    }

    /**
     * Opens a file for writing, and makes it if need be. Its content is left alone.
     *
     * @throws TraceIoException if it cannot be opened, or somebody writes it
     */
    static HostTraceFile open(Path path) {
        RandomAccessFile file = null;
        try {
            file = new RandomAccessFile(path.toFile(), "rw");
            if (lock(file) == null) {
                throw new TraceIoException("the file is being written by another process", null);
            }
            HostTraceFile opened = new HostTraceFile(file);
            file = null;
            return opened;
        } catch (IOException e) {
            throw new TraceIoException("the file cannot be written", e);
        } finally {
            closeAfterFailure(file);
        }
    }

    private static @Nullable FileLock lock(RandomAccessFile file) throws IOException {
        try {
            return file.getChannel().tryLock();
        } catch (OverlappingFileLockException e) {
            return null;
        }
    }

    static void closeAfterFailure(@Nullable Closeable file) {
        if (file != null) {
            try {
                file.close();
            } catch (IOException e) {
                // The first failure is on its way to the caller.
            }
        }
    }

    @Override
    public void write(long position, byte[] source, int from, int length) throws IOException {
        file.seek(position);
        file.write(source, from, length);
    }

    @Override
    public void sync() throws IOException {
        file.getFD().sync();
    }

    @Override
    public void truncate(long length) throws IOException {
        file.setLength(length);
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
