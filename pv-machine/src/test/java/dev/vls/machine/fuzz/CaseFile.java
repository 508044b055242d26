package dev.vls.machine.fuzz;

import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * The file that generator, oracle and comparison share: a header, the contents of the data pages,
 * and slots of one input and one output each. Mirrors instruction_oracle.c.
 */
final class CaseFile implements AutoCloseable {
    static final int SLOTS = 4096;

    private static final long MAGIC = 0x656c_6361_726f_6c76L;
    private static final long RUNNING = 8;
    private static final long DATA = Sandbox.PAGE;
    private static final long FIRST_SLOT = DATA + (long) Sandbox.DATA_PAGES * Sandbox.PAGE;
    private static final long SLOT_BYTES = 2048;

    private final Path path;
    private final Arena arena = Arena.ofShared();
    private final MemorySegment segment;

    CaseFile(Path path) throws IOException {
        this.path = path;
        long bytes = FIRST_SLOT + SLOTS * SLOT_BYTES;
        try (FileChannel channel =
                FileChannel.open(
                        path,
                        StandardOpenOption.CREATE,
                        StandardOpenOption.READ,
                        StandardOpenOption.WRITE)) {
            segment = channel.map(FileChannel.MapMode.READ_WRITE, 0, bytes, arena);
        }
        segment.set(JAVA_LONG_UNALIGNED, 0, MAGIC);
    }

    Path path() {
        return path;
    }

    /** Index of the case that the oracle ran last. */
    long running() {
        return segment.get(JAVA_LONG_UNALIGNED, RUNNING);
    }

    /** What a data page holds when a case starts; holes have contents that nobody sees. */
    MemorySegment dataPage(int page) {
        return segment.asSlice(DATA + (long) page * Sandbox.PAGE, Sandbox.PAGE);
    }

    CaseSlot slot(int index) {
        return new CaseSlot(segment.asSlice(FIRST_SLOT + index * SLOT_BYTES, SLOT_BYTES));
    }

    @Override
    public void close() throws IOException {
        arena.close();
        Files.deleteIfExists(path);
    }
}
