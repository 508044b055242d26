package dev.vls.machine.grant;

import dev.vls.xen.abi.grant.GrantMapFlag;
import java.util.stream.IntStream;

/** What device mappings of grants hold. */
public final class GrantAudit {
    private GrantAudit() {}

    /**
     * Frames of live device mappings, each as often as it is mapped.
     *
     * @param writable only those that are mapped for writing
     */
    public static long[] devicePages(GrantMappings mappings, GrantTable table, boolean writable) {
        MapTrack track = mappings.track();
        return IntStream.range(0, track.handles())
                .filter(handle -> (track.flags(handle) & GrantMapFlag.DEVICE_MAP) != 0)
                .filter(handle -> !writable || (track.flags(handle) & GrantMapFlag.READONLY) == 0)
                .mapToLong(handle -> table.active().mfn(track.ref(handle)))
                .toArray();
    }
}
