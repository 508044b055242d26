package dev.vls.machine.host.image;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout.PathElement;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.invoke.MethodHandle;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * Gives parts of a file back to the file system, fallocate(2), which Java cannot. Has a descriptor
 * of its own; closing it gives up the process's locks on the file, so it goes last.
 */
final class HolePunch implements AutoCloseable {
    private static final int O_RDWR_CLOEXEC = 2 | 0x80000;
    private static final int KEEP_SIZE_PUNCH_HOLE = 1 | 2;
    private static final int ENOSYS = 38;
    private static final int EOPNOTSUPP = 95;

    private static final StructLayout STATE = Linker.Option.captureStateLayout();
    private static final long ERRNO = STATE.byteOffset(PathElement.groupElement("errno"));

    private static final MethodHandle OPEN =
            function(
                    "open",
                    FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT),
                    Linker.Option.firstVariadicArg(2));
    private static final MethodHandle FALLOCATE =
            function(
                    "fallocate",
                    FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_LONG));
    private static final MethodHandle CLOSE =
            function("close", FunctionDescriptor.of(JAVA_INT, JAVA_INT));

    private final int descriptor;

    private HolePunch(int descriptor) {
        this.descriptor = descriptor;
    }

    /**
     * Opens a file that is open already.
     *
     * @throws IOException if it cannot be
     */
    static HolePunch open(Path file) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = arena.allocate(STATE);
            MemorySegment path = arena.allocateFrom(file.toAbsolutePath().toString());
            int descriptor = (int) OPEN.invokeExact(state, path, O_RDWR_CLOEXEC);
            if (descriptor < 0) {
                throw failure("open", state);
            }
            return new HolePunch(descriptor);
        } catch (RuntimeException | Error | IOException e) {
            throw e;
        } catch (Throwable e) {
            throw new AssertionError("open", e);
        }
    }

    /**
     * Makes a range read as zeros and take no space.
     *
     * @param length more than 0
     * @return false if the file system cannot do that
     */
    boolean punch(long offset, long length) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = arena.allocate(STATE);
            int result =
                    (int)
                            FALLOCATE.invokeExact(
                                    state, descriptor, KEEP_SIZE_PUNCH_HOLE, offset, length);
            if (result == 0) {
                return true;
            }
            int errno = state.get(JAVA_INT, ERRNO);
            if (errno == EOPNOTSUPP || errno == ENOSYS) {
                return false;
            }
            throw failure("fallocate", state);
        } catch (RuntimeException | Error | IOException e) {
            throw e;
        } catch (Throwable e) {
            throw new AssertionError("fallocate", e);
        }
    }

    @Override
    public void close() throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = arena.allocate(STATE);
            int result = (int) CLOSE.invokeExact(state, descriptor);
            if (result != 0) {
                throw failure("close", state);
            }
        } catch (RuntimeException | Error | IOException e) {
            throw e;
        } catch (Throwable e) {
            throw new AssertionError("close", e);
        }
    }

    private static IOException failure(String call, MemorySegment state) {
        return new IOException(call + ": errno " + state.get(JAVA_INT, ERRNO));
    }

    private static MethodHandle function(
            String name, FunctionDescriptor descriptor, Linker.Option... options) {
        Linker linker = Linker.nativeLinker();
        Linker.Option[] all = Arrays.copyOf(options, options.length + 1);
        all[options.length] = Linker.Option.captureCallState("errno");
        return linker.downcallHandle(linker.defaultLookup().findOrThrow(name), descriptor, all);
    }
}
