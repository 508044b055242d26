package dev.vls.machine.host.disk;

import dev.vls.machine.device.block.DiskRequest;
import dev.vls.machine.image.DiskImage;
import dev.vls.machine.image.ImageException;
import dev.vls.xen.abi.io.BlkifStatus;
import java.nio.ByteBuffer;
import java.util.function.Consumer;

/** Does requests to one image, one after the other. */
final class DiskWork {
    private volatile DiskImage image;
    private final Consumer<String> report;

    /**
     * @param report told in one line what failed
     */
    DiskWork(DiskImage image, Consumer<String> report) {
        this.image = image;
        this.report = report;
    }

    /** Goes on with another image, which has the same content; while no request is under way. */
    void replace(DiskImage other) {
        image = other;
    }

    /** Whole sectors as they are between two requests; any thread. */
    synchronized void copyOut(long sector, ByteBuffer target) {
        image.read(sector, target);
    }

    /** Whole sectors from another image; any thread. Zeroes take no room that they do not have. */
    synchronized void copyIn(long sector, ByteBuffer source, boolean zero) {
        long count = source.remaining() / DiskImage.SECTOR_SIZE;
        if (!zero || image.zerosFrom(sector, count) < count) {
            image.write(sector, source);
        }
    }

    /** Does a request; answers its {@link BlkifStatus}. */
    synchronized int perform(DiskRequest request) {
        try {
            ByteBuffer data = request.data().asByteBuffer();
            switch (request.operation()) {
                case READ -> image.read(request.sector(), data);
                case WRITE -> image.write(request.sector(), data);
                case FLUSH -> {
                    image.flush();
                    writeIfAny(request, data);
                }
                case BARRIER -> {
                    image.flush();
                    writeIfAny(request, data);
                    image.flush();
                }
                case DISCARD -> image.discard(request.sector(), request.sectors());
            }
            return BlkifStatus.OKAY;
        } catch (ImageException e) {
            report.accept(e.getMessage());
            return BlkifStatus.ERROR;
        }
    }

    private void writeIfAny(DiskRequest request, ByteBuffer data) {
        if (data.hasRemaining()) {
            image.write(request.sector(), data);
        }
    }
}
