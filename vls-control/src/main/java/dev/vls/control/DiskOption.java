package dev.vls.control;

import dev.vls.machine.host.disk.HostDisks;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads {@code F}, {@code F,ro} and {@code F,rw}. */
final class DiskOption implements ITypeConverter<HostDisks.Choice> {
    private static final String READ_ONLY = ",ro";
    private static final String WRITABLE = ",rw";

    @Override
    public HostDisks.Choice convert(String value) {
        boolean readOnly = value.endsWith(READ_ONLY);
        boolean named = readOnly || value.endsWith(WRITABLE);
        String path = named ? value.substring(0, value.length() - READ_ONLY.length()) : value;
        if (path.isEmpty()) {
            throw new TypeConversionException("'" + value + "' names no file");
        }
        return new HostDisks.Choice(path, !readOnly);
    }
}
