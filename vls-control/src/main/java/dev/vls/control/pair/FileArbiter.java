package dev.vls.control.pair;

import dev.vls.control.CommandException;
import dev.vls.control.ExitCode;
import dev.vls.control.socket.RuntimeDirectory;
import dev.vls.replay.pair.Register;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * An arbiter for processes on one host: the register is a file of the user's runtime directory, and
 * a lock on another file beside it makes changes one at a time. A process that is killed lets go of
 * it. The file holds a version in its first line, then the register.
 */
public final class FileArbiter implements HostArbiter {
    private static final String PREFIX = "file:";
    private static final Path BOOT_ID = Path.of("/proc/sys/kernel/random/boot_id");

    /** File locks are a process's, and two of its threads cannot wait for each other by them. */
    private static final Object WITHIN_PROCESS = new Object();

    private final Path file;
    private final String bootId;

    private FileArbiter(Path file, String bootId) {
        this.file = file;
        this.bootId = bootId;
    }

    /**
     * One for a guest that has none yet.
     *
     * @param name that no other guest of this user has
     * @throws CommandException if there is no directory for it
     */
    public static FileArbiter create(String name) {
        return new FileArbiter(RuntimeDirectory.ofUser().file(name + ".register"), bootId());
    }

    /** The one that a leader names; null if it is none of this host. */
    public static @Nullable FileArbiter of(String name) {
        String boot = bootId();
        String here = PREFIX + boot + ":";
        return name.startsWith(here)
                ? new FileArbiter(Path.of(name.substring(here.length())), boot)
                : null;
    }

    private static String bootId() {
        try {
            return Files.readString(BOOT_ID).strip();
        } catch (IOException e) {
            throw new CommandException(
                    ExitCode.USAGE, BOOT_ID + ": cannot be read: name an --arbiter", e);
        }
    }

    @Override
    public String name() {
        return PREFIX + bootId + ":" + file;
    }

    @Override
    public void retire(UUID leader) {
        read(
                new Reader() {
                    @Override
                    public void read(Reading reading) {
                        Register register = reading.register();
                        if (register != null && register.leader().equals(leader)) {
                            remove();
                        }
                    }

                    @Override
                    public void unreachable(String why) {}
                });
    }

    private void remove() {
        try {
            Files.deleteIfExists(file);
            Files.deleteIfExists(lockFile());
        } catch (IOException e) {
            // It is a file of a few bytes, which nobody looks at again.
            return;
        }
    }

    @Override
    public void close() {}

    private Path lockFile() {
        return file.resolveSibling(file.getFileName() + ".mutex");
    }

    @Override
    public void read(Reader answer) {
        locked(answer, this::reading);
    }

    @Override
    public void replace(long version, Register next, Reader answer) {
        locked(
                answer,
                () -> {
                    Reading found = reading();
                    if (found.version() != version) {
                        return found;
                    }
                    Path written = file.resolveSibling(file.getFileName() + ".new");
                    Files.writeString(written, (version + 1) + "\n" + next.text());
                    Files.move(written, file, StandardCopyOption.ATOMIC_MOVE);
                    return new Reading(version + 1, next);
                });
    }

    private interface Action {
        Reading run() throws IOException;
    }

    private void locked(Reader answer, Action action) {
        Reading reading;
        synchronized (WITHIN_PROCESS) {
            try (FileChannel channel =
                            FileChannel.open(
                                    lockFile(),
                                    StandardOpenOption.CREATE,
                                    StandardOpenOption.WRITE);
                    FileLock lock = channel.lock()) {
                reading = lock.isValid() ? action.run() : new Reading(NOTHING, null);
            } catch (IOException e) {
                answer.unreachable("%s: %s".formatted(file, e.getMessage()));
                return;
            }
        }
        answer.read(reading);
    }

    private Reading reading() throws IOException {
        String text;
        try {
            text = Files.readString(file);
        } catch (NoSuchFileException e) {
            return new Reading(NOTHING, null);
        }
        int end = text.indexOf('\n');
        Optional<Register> register = Register.of(text.substring(end + 1));
        if (end < 0 || register.isEmpty()) {
            throw new IOException("is no register: remove it");
        }
        try {
            return new Reading(Long.parseLong(text.substring(0, end)), register.get());
        } catch (NumberFormatException e) {
            throw new IOException("is no register: remove it", e);
        }
    }
}
