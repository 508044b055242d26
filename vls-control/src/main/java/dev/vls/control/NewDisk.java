package dev.vls.control;

import dev.vls.machine.host.image.HostImageFolder;
import dev.vls.machine.image.DiskFormat;
import dev.vls.machine.image.DiskImages;
import dev.vls.machine.image.VhdId;
import dev.vls.machine.image.VhdOrigin;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;

/** Makes new images, with the name and the time that a VHD carries. */
final class NewDisk {
    private static final Instant VHD_EPOCH = Instant.parse("2000-01-01T00:00:00Z");

    private NewDisk() {}

    static DiskImages images() {
        return new DiskImages(new HostImageFolder());
    }

    /**
     * Makes an image of zeros, in the format that its name says.
     *
     * @param fixed whether a VHD is to have all of its space from the start
     * @throws dev.vls.machine.image.ImageException if it cannot be made
     */
    static void create(String path, long sizeBytes, boolean fixed) {
        if (DiskFormat.of(path) == DiskFormat.RAW) {
            images().createRaw(path, sizeBytes);
        } else if (fixed) {
            images().createFixed(path, sizeBytes, origin());
        } else {
            images().createDynamic(path, sizeBytes, origin());
        }
    }

    static VhdOrigin origin() {
        UUID id = UUID.randomUUID();
        long seconds = Duration.between(VHD_EPOCH, Instant.now()).toSeconds();
        return new VhdOrigin(
                new VhdId(id.getMostSignificantBits(), id.getLeastSignificantBits()),
                (int) seconds);
    }
}
