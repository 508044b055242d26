package dev.vls.machine.host.image;

import dev.vls.machine.image.ImageFile;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;

/** An image as a file of the host. */
final class HostImageFile implements ImageFile {
    private final String name;
    private final String identity;
    private final FileChannel channel;
    private final boolean writable;
    private boolean closed;

    HostImageFile(String name, String identity, FileChannel channel, boolean writable) {
        this.name = name;
        this.identity = identity;
        this.channel = channel;
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
    public long size() throws IOException {
        return channel.size();
    }

    @Override
    public void read(long offset, ByteBuffer target) throws IOException {
        long at = offset;
        while (target.hasRemaining()) {
            int count = channel.read(target, at);
            if (count < 0) {
                throw new EOFException("the file ends at " + channel.size());
            }
            at += count;
        }
    }

    @Override
    public void write(long offset, ByteBuffer source) throws IOException {
        long at = offset;
        while (source.hasRemaining()) {
            at += channel.write(source, at);
        }
    }

    @Override
    public boolean punchHole(long offset, long length) throws IOException {
        return LockedFiles.punchHole(identity, offset, length);
    }

    @Override
    public void truncate(long size) throws IOException {
        channel.truncate(size);
    }

    @Override
    public void flush() throws IOException {
        channel.force(true);
    }

    @Override
    public void close() throws IOException {
        if (!closed) {
            closed = true;
            LockedFiles.close(identity);
        }
    }
}
