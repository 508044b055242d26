package dev.vls.machine.cpu.fp;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Who made the processor underneath. The embedded one follows Intel. */
public enum HostVendor {
    INTEL,
    AMD;

    /** The vendor that Linux reports; whoever is not AMD has to agree with Intel. */
    public static HostVendor ofThisHost() {
        try {
            String text = Files.readString(Path.of("/proc/cpuinfo"));
            return text.contains("AuthenticAMD") ? AMD : INTEL;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
