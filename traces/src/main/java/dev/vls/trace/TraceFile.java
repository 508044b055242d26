package dev.vls.trace;

import java.io.Closeable;
import java.io.IOException;

/** The file that a trace is written to. Positions and lengths are in bytes. */
interface TraceFile extends Closeable {
    /** Writes all of it; if that fails, a part may be there. */
    void write(long position, byte[] source, int from, int length) throws IOException;

    /** Makes everything written so far durable. */
    void sync() throws IOException;

    /** Cuts off what is behind a position. */
    void truncate(long length) throws IOException;

    @Override
    void close() throws IOException;
}
