package dev.vls.control;

import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/** A file that the user named, mapped rather than read: kernels have tens of megabytes. */
final class InputFile {
    private static final int STREAM_BYTES_MAX = 32 << 20;

    private InputFile() {}

    /**
     * Maps a file.
     *
     * @param what for messages, such as "kernel"
     * @throws CommandException if it is not there or cannot be read
     */
    static MemorySegment map(String what, String name, Arena arena) {
        try {
            Path path = Path.of(name);
            if (Files.isDirectory(path)) {
                throw unusable(what, name, "is a directory", null);
            }
            if (!Files.isRegularFile(path) && Files.exists(path)) {
                return readStream(what, name, path);
            }
            try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
                return channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena);
            }
        } catch (NoSuchFileException | InvalidPathException e) {
            throw unusable(what, name, "no such file", e);
        } catch (AccessDeniedException e) {
            throw unusable(what, name, "may not be read", e);
        } catch (IOException e) {
            throw unusable(what, name, "cannot be read (" + e.getMessage() + ")", e);
        }
    }

    /** Reads a file that is small, with the messages of {@link #map}. */
    static byte[] read(String what, String name) {
        try (Arena arena = Arena.ofConfined()) {
            return map(what, name, arena).toArray(ValueLayout.JAVA_BYTE);
        }
    }

    /** A pipe or a device, which may have no end. */
    private static MemorySegment readStream(String what, String name, Path path)
            throws IOException {
        try (InputStream stream = Files.newInputStream(path)) {
            byte[] bytes = stream.readNBytes(STREAM_BYTES_MAX + 1);
            if (bytes.length > STREAM_BYTES_MAX) {
                throw unusable(what, name, "is no file and has no end in sight", null);
            }
            return MemorySegment.ofArray(bytes);
        }
    }

    private static CommandException unusable(
            String what, String name, String problem, @Nullable Exception e) {
        String message = "%s %s: %s: check the path".formatted(what, name, problem);
        return e == null
                ? new CommandException(ExitCode.UNUSABLE_INPUT, message)
                : new CommandException(ExitCode.UNUSABLE_INPUT, message, e);
    }
}
