package dev.vls.control.console;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import org.jspecify.annotations.Nullable;

/**
 * A terminal's modes, termios(3). They are opaque here: what raw mode is, the C library knows. The
 * methods take the number of a file descriptor.
 */
final class Termios {
    /** More than any C library's {@code struct termios}; glibc's has 60 bytes. */
    private static final int STRUCT_BYTES = 256;

    private static final int TCSANOW = 0;

    private static final MethodHandle IS_A_TTY =
            function("isatty", FunctionDescriptor.of(JAVA_INT, JAVA_INT));

    private Termios() {}

    static boolean isTerminal(int descriptor) {
        try {
            return (int) IS_A_TTY.invokeExact(descriptor) == 1;
        } catch (Throwable e) {
            throw new AssertionError("isatty", e);
        }
    }

    /**
     * The modes in force.
     *
     * @return for {@link #set}; null if it is no terminal, or it has gone
     */
    static byte @Nullable [] get(int descriptor) {
        MethodHandle get =
                function("tcgetattr", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS));
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment struct = arena.allocate(STRUCT_BYTES, Long.BYTES);
            int result = (int) get.invokeExact(descriptor, struct);
            return result == 0 ? struct.toArray(JAVA_BYTE) : null;
        } catch (Throwable e) {
            throw new AssertionError("tcgetattr", e);
        }
    }

    /**
     * Sets modes at once, waiting for no output that is under way; false if the terminal has gone.
     */
    static boolean set(int descriptor, byte[] modes) {
        MethodHandle set =
                function("tcsetattr", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS));
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment struct = copy(modes, arena);
            return (int) set.invokeExact(descriptor, TCSANOW, struct) == 0;
        } catch (Throwable e) {
            throw new AssertionError("tcsetattr", e);
        }
    }

    /** The same modes made raw: every byte passes as it is, in both directions. */
    static byte[] raw(byte[] modes) {
        MethodHandle makeRaw = function("cfmakeraw", FunctionDescriptor.ofVoid(ADDRESS));
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment struct = copy(modes, arena);
            makeRaw.invokeExact(struct);
            return struct.toArray(JAVA_BYTE);
        } catch (Throwable e) {
            throw new AssertionError("cfmakeraw", e);
        }
    }

    private static MemorySegment copy(byte[] modes, Arena arena) {
        return arena.allocate(STRUCT_BYTES, Long.BYTES).copyFrom(MemorySegment.ofArray(modes));
    }

    private static MethodHandle function(String name, FunctionDescriptor descriptor) {
        Linker linker = Linker.nativeLinker();
        return linker.downcallHandle(linker.defaultLookup().findOrThrow(name), descriptor);
    }
}
