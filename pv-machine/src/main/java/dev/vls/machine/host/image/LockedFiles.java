package dev.vls.machine.host.image;

import dev.vls.machine.image.ImageException;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The image files that this process has open. One writes, or many read, in all processes: the
 * system's locks see to that between processes. Within one they do not, and closing any channel of
 * a file gives up all of its locks; so each file has one channel here, whoever uses it.
 */
final class LockedFiles {
    private static final String IN_USE_REMEDY =
            "stop the other user, copy the image, or use it read-only everywhere";

    /** By the file's own identity, so that links make no difference. Guarded by the class. */
    private static final Map<String, Entry> OPEN = new TreeMap<>();

    /** A file that is open. */
    private static final class Entry {
        final Path file;
        final FileChannel channel;
        final boolean writable;
        int users = 1;

        /** Opened when it is first needed. */
        @Nullable HolePunch holePunch;

        Entry(Path file, FileChannel channel, boolean writable) {
            this.file = file;
            this.channel = channel;
            this.writable = writable;
        }
    }

    private LockedFiles() {}

    static synchronized HostImageFile open(Path file, String name, boolean writable, boolean create)
            throws IOException {
        if (!create) {
            Entry entry = OPEN.get(identity(file));
            if (entry != null) {
                if (writable || entry.writable) {
                    throw inUse(name, "by this process");
                }
                entry.users++;
                return new HostImageFile(name, identity(file), entry.channel, false);
            }
        }
        FileChannel channel = FileChannel.open(file, options(writable, create));
        boolean kept = false;
        try {
            FileLock lock = channel.tryLock(0, Long.MAX_VALUE, !writable);
            if (lock == null) {
                throw inUse(name, "by another process");
            }
            String identity = identity(file);
            OPEN.put(identity, new Entry(file, channel, writable));
            kept = true;
            return new HostImageFile(name, identity, channel, writable);
        } finally {
            if (!kept) {
                channel.close();
            }
        }
    }

    static synchronized void close(String identity) throws IOException {
        Entry entry = OPEN.get(identity);
        if (entry != null && --entry.users == 0) {
            OPEN.remove(identity);
            try {
                entry.channel.close();
            } finally {
                if (entry.holePunch != null) {
                    entry.holePunch.close();
                }
            }
        }
    }

    /** As {@link dev.vls.machine.image.ImageFile#punchHole} of a file that is open. */
    static boolean punchHole(String identity, long offset, long length) throws IOException {
        HolePunch punch;
        synchronized (LockedFiles.class) {
            Entry entry = OPEN.get(identity);
            if (entry == null) {
                throw new ClosedChannelException();
            }
            if (entry.holePunch == null) {
                entry.holePunch = HolePunch.open(entry.file);
            }
            punch = entry.holePunch;
        }
        return punch.punch(offset, length);
    }

    private static Set<OpenOption> options(boolean writable, boolean create) {
        if (create) {
            return Set.of(
                    StandardOpenOption.READ,
                    StandardOpenOption.WRITE,
                    StandardOpenOption.CREATE_NEW,
                    StandardOpenOption.SPARSE);
        }
        return writable
                ? Set.of(StandardOpenOption.READ, StandardOpenOption.WRITE)
                : Set.of(StandardOpenOption.READ);
    }

    /** Device and inode. */
    private static String identity(Path file) throws IOException {
        Object key = Files.readAttributes(file, BasicFileAttributes.class).fileKey();
        return key == null ? file.toRealPath().toString() : key.toString();
    }

    private static ImageException inUse(String name, String byWhom) {
        return new ImageException(name, "is in use " + byWhom, IN_USE_REMEDY);
    }
}
