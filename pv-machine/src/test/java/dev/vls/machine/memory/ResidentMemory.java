package dev.vls.machine.memory;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** What a machine's memory costs the host. */
public final class ResidentMemory {
    private ResidentMemory() {}

    /** KiB of a machine's frames that the host has pages for, by proc(5). */
    public static long kib(MachineMemory memory) {
        long address = memory.hostAddress(0, 1);
        boolean inside = false;
        try {
            for (String line : Files.readAllLines(Path.of("/proc/self/smaps"))) {
                if (line.matches("[0-9a-f]+-[0-9a-f]+ .*")) {
                    String[] range = line.substring(0, line.indexOf(' ')).split("-", 2);
                    inside =
                            address >= Long.parseUnsignedLong(range[0], 16)
                                    && address < Long.parseUnsignedLong(range[1], 16);
                } else if (inside && line.startsWith("Rss:")) {
                    return Long.parseLong(line.replaceAll("[^0-9]", ""));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        throw new IllegalStateException("no mapping at 0x" + Long.toHexString(address));
    }
}
