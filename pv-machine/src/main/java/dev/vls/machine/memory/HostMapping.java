package dev.vls.machine.memory;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.io.IOException;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * An anonymous private mapping of the host, mmap(2). {@code Arena.allocate} would touch every page
 * in order to zero it; here pages appear as the guest uses them.
 */
final class HostMapping implements AutoCloseable {
    private static final int PROT_READ_WRITE = 1 | 2;
    private static final int MAP_PRIVATE_ANONYMOUS_NORESERVE = 0x02 | 0x20 | 0x4000;
    private static final int MADV_DONTNEED = 4;
    private static final int MADV_POPULATE_WRITE = 23;
    private static final MethodHandle MADVISE =
            function("madvise", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT));

    private final long address;
    private final long bytes;
    private boolean open = true;

    private HostMapping(long address, long bytes) {
        this.address = address;
        this.bytes = bytes;
    }

    static HostMapping map(long bytes) {
        long available = availableBytes();
        if (bytes > available) {
            throw new HostMemoryException(
                    "the host has %d MiB of memory available, the machine wants %d MiB: use less --memory"
                            .formatted(available >> 20, bytes >> 20));
        }
        MethodHandle mmap =
                function(
                        "mmap",
                        FunctionDescriptor.of(
                                ADDRESS, ADDRESS, JAVA_LONG, JAVA_INT, JAVA_INT, JAVA_INT,
                                JAVA_LONG));
        try {
            MemorySegment result =
                    (MemorySegment)
                            mmap.invokeExact(
                                    MemorySegment.NULL,
                                    bytes,
                                    PROT_READ_WRITE,
                                    MAP_PRIVATE_ANONYMOUS_NORESERVE,
                                    -1,
                                    0L);
            if (result.address() == -1) {
                throw new HostMemoryException(
                        "the host refused to map %d MiB for the machine: use less --memory"
                                .formatted(bytes >> 20));
            }
            return new HostMapping(result.address(), bytes);
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new AssertionError("mmap", e);
        }
    }

    long address() {
        return address;
    }

    /**
     * Gives whole pages back to the host; they read as zeroes afterwards (madvise(2)).
     *
     * @param host address within the mapping, of a page
     * @return false if the host would not: the pages are as they were
     */
    boolean discard(long host, long length) {
        return advise(host, length, MADV_DONTNEED);
    }

    /**
     * Most of these pages will be touched soon: the host may supply large ones (madvise(2)), which
     * takes a fraction of the time. Nothing happens where it has none.
     *
     * @param host address within the mapping, of a page
     */
    void expectAll(long host, long length) {
        var _ = advise(host, length, MADV_POPULATE_WRITE);
    }

    private static boolean advise(long host, long length, int advice) {
        try {
            return (int) MADVISE.invokeExact(MemorySegment.ofAddress(host), length, advice) == 0;
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new AssertionError("madvise", e);
        }
    }

    @Override
    public void close() {
        if (!open) {
            return;
        }
        open = false;
        MethodHandle munmap =
                function("munmap", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_LONG));
        try {
            int result = (int) munmap.invokeExact(MemorySegment.ofAddress(address), bytes);
            if (result != 0) {
                throw new IllegalStateException("munmap failed");
            }
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new AssertionError("munmap", e);
        }
    }

    private static MethodHandle function(String name, FunctionDescriptor descriptor) {
        Linker linker = Linker.nativeLinker();
        return linker.downcallHandle(linker.defaultLookup().findOrThrow(name), descriptor);
    }

    /** MemAvailable of /proc/meminfo, in bytes; no limit where there is no such file. */
    private static long availableBytes() {
        try {
            for (String line : Files.readAllLines(Path.of("/proc/meminfo"))) {
                if (line.startsWith("MemAvailable:")) {
                    String kib = line.substring("MemAvailable:".length()).replace("kB", "").strip();
                    return Long.parseLong(kib) * 1024;
                }
            }
        } catch (IOException | NumberFormatException e) {
            return Long.MAX_VALUE;
        }
        return Long.MAX_VALUE;
    }
}
