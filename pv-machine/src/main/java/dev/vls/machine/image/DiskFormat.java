package dev.vls.machine.image;

import java.util.Locale;

/**
 * How a disk is stored. It is told by the file's name and never by its content: what a guest writes
 * onto a raw disk must not turn it into an image that names other files of the host.
 */
public enum DiskFormat {
    RAW,
    VHD;

    /** VHD for {@code .vhd} and {@code .avhd}, else raw. */
    public static DiskFormat of(String path) {
        String name = path.toLowerCase(Locale.ROOT);
        return name.endsWith(".vhd") || name.endsWith(".avhd") ? VHD : RAW;
    }
}
