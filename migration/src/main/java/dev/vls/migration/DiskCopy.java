package dev.vls.migration;

import dev.vls.machine.device.block.VirtualDisk;
import dev.vls.machine.host.disk.HostDisks;
import dev.vls.machine.image.DiskImage;
import dev.vls.replay.wire.Message;
import dev.vls.replay.wire.Packer;
import dev.vls.replay.wire.WireException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.function.Consumer;

/**
 * Copies the disks of a guest that uses them, some time behind its instant. What the guest has
 * written in between it writes on the other side once more, and what it reads there is in the log,
 * so that it does not matter when a sector was read.
 */
public final class DiskCopy {
    private static final int PIECE_BYTES = 256 << 10;
    private static final int PIECE_SECTORS = PIECE_BYTES / DiskImage.SECTOR_SIZE;

    private DiskCopy() {}

    /** Reads all that the guest can write, piece by piece. */
    static void send(HostDisks disks, Packer packer, Consumer<Message> to) {
        byte[] piece = new byte[PIECE_BYTES];
        List<VirtualDisk> all = disks.disks();
        for (int disk = 0; disk < all.size(); disk++) {
            long sectors = all.get(disk).node().writable() ? all.get(disk).sectors() : 0;
            for (long at = 0; at < sectors; at += PIECE_SECTORS) {
                int count = (int) Math.min(PIECE_SECTORS, sectors - at);
                int bytes = count * DiskImage.SECTOR_SIZE;
                disks.copyOut(disk, at, ByteBuffer.wrap(piece, 0, bytes));
                to.accept(new Message.Disk(disk, at, packer.pack(piece, 0, bytes)));
            }
        }
    }

    /**
     * Writes a piece.
     *
     * @throws WireException if the guest has no such disk, or it has not so many sectors
     */
    public static void take(HostDisks disks, Packer packer, Message.Disk message) {
        byte[] content = packer.unpack(message.content());
        List<VirtualDisk> all = disks.disks();
        long count = content.length / DiskImage.SECTOR_SIZE;
        if (message.disk() >= all.size()
                || !all.get(message.disk()).node().writable()
                || message.firstSector() > all.get(message.disk()).sectors() - count) {
            throw new WireException("a part of a disk that the guest has not");
        }
        boolean zero = true;
        for (int i = 0; i < content.length && zero; i++) {
            zero = content[i] == 0;
        }
        disks.copyIn(message.disk(), message.firstSector(), ByteBuffer.wrap(content), zero);
    }
}
