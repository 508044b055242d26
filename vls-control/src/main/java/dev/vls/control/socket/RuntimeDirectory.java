package dev.vls.control.socket;

import dev.vls.control.CommandException;
import dev.vls.control.ExitCode;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The user's directory with the sockets and locks of running guests. */
public final class RuntimeDirectory {
    static final String LOCK_SUFFIX = ".lock";
    static final String SOCKET_SUFFIX = ".sock";
    private static final String NAME_FORM = "[A-Za-z0-9][A-Za-z0-9._-]{0,47}";

    private final Path path;

    /** One at a place of the caller's. */
    RuntimeDirectory(Path path) {
        this.path = path;
    }

    /** The one of this user, by the environment. */
    public static RuntimeDirectory ofUser() {
        return of(System.getenv());
    }

    static RuntimeDirectory of(Map<String, String> environment) {
        String base = environment.getOrDefault("XDG_RUNTIME_DIR", "");
        return new RuntimeDirectory(
                base.isEmpty() ? Path.of("/tmp/vls-" + userId()) : Path.of(base, "vls"));
    }

    /** Whether a domain may be called so. */
    public static boolean isName(String text) {
        return text.matches(NAME_FORM);
    }

    /**
     * A file of its own for something else; the directory is made unless it is there.
     *
     * @throws CommandException if it cannot be made or is not to be trusted
     */
    public Path file(String name) {
        create();
        return path.resolve(name);
    }

    Path lockFile(String name) {
        return path.resolve(name + LOCK_SUFFIX);
    }

    /** Locked for a moment by who makes or removes lock files; no domain has this name. */
    Path mutexFile() {
        return path.resolve(LOCK_SUFFIX);
    }

    Path socketFile(String name) {
        return path.resolve(name + SOCKET_SUFFIX);
    }

    /**
     * Makes the directory unless it is there, and checks it.
     *
     * @throws CommandException if it cannot be made or is not to be trusted
     */
    void create() {
        Set<PosixFilePermission> ownerOnly = PosixFilePermissions.fromString("rwx------");
        try {
            Files.createDirectory(path, PosixFilePermissions.asFileAttribute(ownerOnly));
        } catch (FileAlreadyExistsException e) {
            check();
            return;
        } catch (IOException e) {
            throw unusable("cannot be made (" + e.getMessage() + ")", e);
        }
    }

    /**
     * Names that have a lock file, sorted; none if there is no directory.
     *
     * @throws CommandException if it is not to be trusted
     */
    public List<String> names() {
        if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
            return List.of();
        }
        check();
        try (Stream<Path> files = Files.list(path)) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith(LOCK_SUFFIX))
                    .map(name -> name.substring(0, name.length() - LOCK_SUFFIX.length()))
                    .filter(RuntimeDirectory::isName)
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw unusable("cannot be listed (" + e.getMessage() + ")", e);
        }
    }

    private void check() {
        try {
            Map<String, Object> found =
                    Files.readAttributes(path, "unix:*", LinkOption.NOFOLLOW_LINKS);
            Set<PosixFilePermission> others = EnumSet.allOf(PosixFilePermission.class);
            others.removeAll(PosixFilePermissions.fromString("rwx------"));
            others.retainAll(Files.getPosixFilePermissions(path, LinkOption.NOFOLLOW_LINKS));
            if (!Boolean.TRUE.equals(found.get("isDirectory"))) {
                throw unusable("is no directory", null);
            }
            if (!userId().equals(found.get("uid"))) {
                throw unusable("belongs to another user", null);
            }
            if (!others.isEmpty()) {
                throw unusable("is open to other users: chmod 700 it", null);
            }
        } catch (IOException e) {
            throw unusable("cannot be looked at (" + e.getMessage() + ")", e);
        }
    }

    private static Object userId() {
        try {
            return Files.getAttribute(Path.of("/proc/self"), "unix:uid");
        } catch (IOException e) {
            throw new CommandException(
                    ExitCode.USAGE, "/proc/self: cannot be looked at: mount /proc", e);
        }
    }

    private CommandException unusable(String problem, @Nullable Exception e) {
        String message =
                "control directory %s: %s, or set XDG_RUNTIME_DIR to another one"
                        .formatted(path, problem);
        return e == null
                ? new CommandException(ExitCode.USAGE, message)
                : new CommandException(ExitCode.USAGE, message, e);
    }

    @Override
    public String toString() {
        return path.toString();
    }
}
