package dev.vls.migration;

import dev.vls.machine.memory.MachineMemory;
import dev.vls.replay.wire.Message;
import dev.vls.replay.wire.Packer;
import dev.vls.replay.wire.WireFormat;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/** Puts pages together to frames of the wire. For one thread. */
final class PageBatch {
    /** In the number of a frame: it is all zero, and no content follows. */
    static final long ZERO = Long.MIN_VALUE;

    private static final byte[] ZEROES = new byte[MachineMemory.PAGE_SIZE];
    private static final int RECORD = Long.BYTES + MachineMemory.PAGE_SIZE;

    private final Packer packer;
    private final byte[] raw = new byte[WireFormat.PAGES_MAX * RECORD];
    private final ByteBuffer records = ByteBuffer.wrap(raw).order(ByteOrder.LITTLE_ENDIAN);
    private int pages;

    PageBatch(Packer packer) {
        this.packer = packer;
    }

    static boolean isZero(byte[] content) {
        return Arrays.equals(content, ZEROES);
    }

    /** Pages that were added; there is room for {@link WireFormat#PAGES_MAX}. */
    int pages() {
        return pages;
    }

    /** Adds a page. */
    void add(long mfn, byte[] content) {
        boolean zero = isZero(content);
        records.putLong(zero ? mfn | ZERO : mfn);
        if (!zero) {
            records.put(content);
        }
        pages++;
    }

    /** What was added, as a frame. */
    Message.Pages take(long round) {
        Message.Pages taken =
                new Message.Pages(round, pages, packer.pack(raw, 0, records.position()));
        records.clear();
        pages = 0;
        return taken;
    }
}
