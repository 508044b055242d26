package dev.vls.machine.image;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Where images are: opens and creates files. */
public interface ImageFolder {
    /**
     * Opens a file: to write, for oneself alone; to read, together with others who read.
     *
     * @throws ImageException if it is in use, is not there, or may not be opened
     */
    ImageFile open(String path, boolean writable);

    /**
     * Creates an empty file to write.
     *
     * @throws ImageException if there is one already, or it cannot be
     */
    ImageFile create(String path);

    /**
     * A name that stands in one file as the path of another.
     *
     * @param from the path of the file in which the name stands
     * @param name absolute, or relative to the folder of that file, with {@code /} in between
     * @return null if there is no such file
     */
    @Nullable String resolve(String from, String name);

    /**
     * The name by which one file can refer to another.
     *
     * @return relative to the first one's folder, with {@code /} in between
     */
    String relativize(String from, String to);

    /** An absolute path. */
    String absolute(String path);

    /**
     * Takes away a file that could not be completed.
     *
     * @throws IOException if it stays
     */
    void delete(String path) throws IOException;
}
