package dev.vls.machine.image;

import java.io.IOException;
import java.nio.ByteBuffer;

/** A file that holds an image: what the formats need of a host's file. Offsets are in bytes. */
public interface ImageFile extends AutoCloseable {
    /** Its name for messages, and the place from which names within it are resolved. */
    String name();

    boolean isWritable();

    long size() throws IOException;

    /**
     * Fills the buffer to its limit.
     *
     * @throws IOException if it cannot be read, or ends before that
     */
    void read(long offset, ByteBuffer target) throws IOException;

    /** Writes all that the buffer holds; the file grows as needed, with zeros in between. */
    void write(long offset, ByteBuffer source) throws IOException;

    /**
     * Gives a part of the file back to the host; it reads as zeros afterwards.
     *
     * @param length more than 0
     * @return false if the host cannot do that, and nothing has changed
     */
    boolean punchHole(long offset, long length) throws IOException;

    /** Cuts the file off. */
    void truncate(long size) throws IOException;

    /** Returns when everything written before would survive a loss of power. */
    void flush() throws IOException;

    @Override
    void close() throws IOException;
}
