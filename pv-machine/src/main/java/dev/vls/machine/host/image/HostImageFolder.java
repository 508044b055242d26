package dev.vls.machine.host.image;

import dev.vls.machine.image.ImageException;
import dev.vls.machine.image.ImageFile;
import dev.vls.machine.image.ImageFolder;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Images in the host's file system. */
public final class HostImageFolder implements ImageFolder {
    private static final String CHECK_PATH = "check the path";

    @Override
    public ImageFile open(String path, boolean writable) {
        Path file = parse(path);
        try {
            if (!Files.exists(file)) {
                throw new ImageException(path, "no such file", CHECK_PATH);
            }
            // A FIFO would block for ever, a directory fails late.
            if (!Files.isRegularFile(file) && !isBlockDevice(file)) {
                throw new ImageException(path, "is no regular file", CHECK_PATH);
            }
            return LockedFiles.open(file, path, writable, false);
        } catch (NoSuchFileException e) {
            throw new ImageException(path, "no such file", CHECK_PATH, e);
        } catch (AccessDeniedException e) {
            String what = writable ? "may not be written" : "may not be read";
            throw new ImageException(path, what, "check its permissions, or use it read-only", e);
        } catch (IOException e) {
            throw new ImageException(
                    path, "cannot be opened (" + e.getMessage() + ")", CHECK_PATH, e);
        }
    }

    @Override
    public ImageFile create(String path) {
        Path file = parse(path);
        try {
            return LockedFiles.open(file, path, true, true);
        } catch (FileAlreadyExistsException e) {
            throw new ImageException(
                    path, "is there already", "choose another name, or delete it", e);
        } catch (NoSuchFileException e) {
            throw new ImageException(path, "its folder does not exist", "create the folder", e);
        } catch (IOException e) {
            throw new ImageException(
                    path, "cannot be created (" + e.getMessage() + ")", CHECK_PATH, e);
        }
    }

    @Override
    public @Nullable String resolve(String from, String name) {
        try {
            Path parent = Path.of(from).toAbsolutePath().getParent();
            Path path = parent == null ? Path.of(name) : parent.resolve(name);
            return Files.isRegularFile(path) ? path.normalize().toString() : null;
        } catch (InvalidPathException e) {
            return null;
        }
    }

    @Override
    public String relativize(String from, String to) {
        Path folder = parse(from).toAbsolutePath().normalize().getParent();
        Path target = parse(to).toAbsolutePath().normalize();
        return folder == null ? target.toString() : folder.relativize(target).toString();
    }

    @Override
    public String absolute(String path) {
        return parse(path).toAbsolutePath().normalize().toString();
    }

    @Override
    public void delete(String path) throws IOException {
        Files.delete(parse(path));
    }

    private static Path parse(String path) {
        try {
            return Path.of(path);
        } catch (InvalidPathException e) {
            throw new ImageException(path, "is no path (" + e.getReason() + ")", CHECK_PATH, e);
        }
    }

    /** {@code S_IFBLK} of {@code stat(2)}. */
    private static boolean isBlockDevice(Path file) throws IOException {
        Object mode = Files.getAttribute(file, "unix:mode");
        return mode instanceof Integer bits && (bits & 0xF000) == 0x6000;
    }
}
