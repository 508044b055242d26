package dev.vls.control.socket;

import dev.vls.control.CommandException;
import dev.vls.control.ExitCode;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.FileChannel;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A domain's name, which this process has for itself until closed: it holds the lock on the name's
 * lock file. So a name whose lock is free is that of a process that died, and can be taken.
 */
public final class DomainName implements AutoCloseable {
    /** Lock files that this process has locked. */
    private static final Set<Path> OURS = new HashSet<>();

    private final RuntimeDirectory directory;
    private final String name;
    private final FileChannel lock;

    private DomainName(RuntimeDirectory directory, String name, FileChannel lock) {
        this.directory = directory;
        this.name = name;
        this.lock = lock;
    }

    /**
     * Takes a name.
     *
     * @throws CommandException if another process has it, or the directory cannot be used
     */
    public static DomainName take(RuntimeDirectory directory, String name) {
        directory.create();
        try (Exclusion _ = Exclusion.enter(directory)) {
            DomainName taken = tryTake(directory, name);
            if (taken == null) {
                throw new CommandException(
                        ExitCode.USAGE,
                        "--name %s: a guest of that name is running: choose another name"
                                .formatted(name));
            }
            return taken;
        } catch (IOException e) {
            throw unusable(directory, e);
        }
    }

    /** Removes what a process that died left of a name; false if its process lives. */
    static boolean sweep(RuntimeDirectory directory, String name) {
        try (Exclusion _ = Exclusion.enter(directory)) {
            DomainName taken = tryTake(directory, name);
            if (taken == null) {
                return false;
            }
            taken.remove();
            return true;
        } catch (IOException e) {
            throw unusable(directory, e);
        }
    }

    private static CommandException unusable(RuntimeDirectory directory, IOException e) {
        return new CommandException(
                ExitCode.USAGE,
                "control directory %s: cannot be used (%s): check its space and permissions"
                        .formatted(directory, e.getMessage()),
                e);
    }

    /**
     * While it is open no other process, and no other thread of this one, makes or removes lock
     * files: a file that is there is that of its name. A lock of fcntl(2) is lost when any
     * descriptor of its file is closed, so this process must not open a lock file that it has
     * locked.
     */
    private static final class Exclusion implements AutoCloseable {
        private static final ReentrantLock THREADS = new ReentrantLock();

        private final FileChannel mutex;

        private Exclusion(FileChannel mutex) {
            this.mutex = mutex;
        }

        static Exclusion enter(RuntimeDirectory directory) throws IOException {
            THREADS.lock();
            FileChannel mutex = null;
            try {
                mutex = DomainName.open(directory.mutexFile());
                mutex.lock();
                return new Exclusion(mutex);
            } catch (IOException e) {
                if (mutex != null) {
                    mutex.close();
                }
                THREADS.unlock();
                throw e;
            }
        }

        @Override
        public void close() throws IOException {
            try {
                mutex.close();
            } finally {
                THREADS.unlock();
            }
        }
    }

    private static @Nullable DomainName tryTake(RuntimeDirectory directory, String name)
            throws IOException {
        Path file = directory.lockFile(name);
        if (OURS.contains(file)) {
            return null;
        }
        FileChannel channel = open(file);
        if (channel.tryLock() == null) {
            channel.close();
            return null;
        }
        OURS.add(file);
        return new DomainName(directory, name, channel);
    }

    private static FileChannel open(Path file) throws IOException {
        return FileChannel.open(
                file,
                Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    }

    public String name() {
        return name;
    }

    /**
     * Opens the domain's socket.
     *
     * @throws CommandException if it cannot be
     */
    public ServerSocketChannel listen() {
        Path file = directory.socketFile(name);
        try {
            Files.deleteIfExists(file);
            ServerSocketChannel listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
            try {
                listener.bind(UnixDomainSocketAddress.of(file));
                Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
                return listener;
            } catch (IOException e) {
                listener.close();
                throw e;
            }
        } catch (IOException e) {
            throw new CommandException(
                    ExitCode.USAGE,
                    "control socket %s: cannot be opened (%s): set XDG_RUNTIME_DIR to another directory"
                            .formatted(file, e.getMessage()),
                    e);
        }
    }

    /** Gives the name back; what there is of it in the directory goes. */
    @Override
    public void close() {
        try (Exclusion _ = Exclusion.enter(directory)) {
            remove();
        } catch (IOException e) {
            throw unusable(directory, e);
        }
    }

    private void remove() throws IOException {
        Path file = directory.lockFile(name);
        Files.deleteIfExists(directory.socketFile(name));
        Files.deleteIfExists(file);
        lock.close();
        OURS.remove(file);
    }
}
