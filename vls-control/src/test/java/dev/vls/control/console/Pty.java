package dev.vls.control.console;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** A pseudo terminal: the test is the person in front of it. */
final class Pty implements AutoCloseable {
    private static final int O_RDWR_NOCTTY = 2 | 0x100;
    private static final int PATIENCE_SECONDS = 60;

    private final int master;
    private final int slave;
    private final Path path;
    private final StringBuilder shown = new StringBuilder();

    private Pty(int master, int slave, Path path) {
        this.master = master;
        this.slave = slave;
        this.path = path;
    }

    static Pty open() throws IOException {
        int master = call("posix_openpt", O_RDWR_NOCTTY);
        if (master < 0 || call("grantpt", master) != 0 || call("unlockpt", master) != 0) {
            throw new IOException("no pseudo terminal");
        }
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment name = arena.allocate(64);
            MethodHandle ptsname =
                    function(
                            "ptsname_r",
                            FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, JAVA_LONG));
            if ((int) ptsname.invokeExact(master, name, 64L) != 0) {
                throw new IOException("a pseudo terminal without a name");
            }
            MethodHandle open =
                    function("open", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT));
            // Held open, so that what a process leaves in it can be read after its end.
            int slave = (int) open.invokeExact(name, O_RDWR_NOCTTY);
            Pty pty = new Pty(master, slave, Path.of(name.getString(0)));
            Thread reader = new Thread(pty::read, "pty");
            reader.setDaemon(true);
            reader.start();
            return pty;
        } catch (IOException e) {
            throw e;
        } catch (Throwable e) {
            throw new AssertionError(e);
        }
    }

    /** The terminal's device. */
    Path path() {
        return path;
    }

    byte @Nullable [] modes() {
        return Termios.get(slave);
    }

    void type(String text) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            MethodHandle write =
                    function(
                            "write",
                            FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG));
            byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
            MemorySegment copy = arena.allocateFrom(JAVA_BYTE, bytes);
            if ((long) write.invokeExact(master, copy, (long) bytes.length) != bytes.length) {
                throw new IOException("typed into nothing");
            }
        } catch (IOException e) {
            throw e;
        } catch (Throwable e) {
            throw new AssertionError(e);
        }
    }

    private void read() {
        MethodHandle read =
                function("read", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG));
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment chunk = arena.allocate(4096);
            for (long count; (count = (long) read.invokeExact(master, chunk, 4096L)) > 0; ) {
                byte[] bytes = chunk.asSlice(0, count).toArray(ValueLayout.JAVA_BYTE);
                synchronized (shown) {
                    shown.append(new String(bytes, StandardCharsets.ISO_8859_1));
                    shown.notifyAll();
                }
            }
        } catch (Throwable e) {
            throw new AssertionError(e);
        }
    }

    String shown() {
        synchronized (shown) {
            return shown.toString();
        }
    }

    /** Waits until the terminal has shown a text. */
    void await(String text) throws InterruptedException {
        long deadline = System.nanoTime() + PATIENCE_SECONDS * 1_000_000_000L;
        synchronized (shown) {
            while (shown.indexOf(text) < 0) {
                long left = deadline - System.nanoTime();
                if (left <= 0) {
                    throw new AssertionError("never shown: " + text + "\n" + shown);
                }
                shown.wait(left / 1_000_000 + 1);
            }
        }
    }

    @Override
    public void close() {
        call("close", slave);
        call("close", master);
    }

    private static int call(String name, int argument) {
        try {
            MethodHandle function = function(name, FunctionDescriptor.of(JAVA_INT, JAVA_INT));
            return (int) function.invokeExact(argument);
        } catch (Throwable e) {
            throw new AssertionError(name, e);
        }
    }

    private static MethodHandle function(String name, FunctionDescriptor descriptor) {
        Linker linker = Linker.nativeLinker();
        return linker.downcallHandle(linker.defaultLookup().findOrThrow(name), descriptor);
    }
}
