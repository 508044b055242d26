package dev.vls.migration;

import dev.vls.machine.memory.MachineMemory;
import dev.vls.replay.wire.Lent;
import dev.vls.replay.wire.Message;
import dev.vls.replay.wire.Packer;
import dev.vls.replay.wire.WireFormat;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * Puts pages together to frames of the wire, in buffers that are used again and again. For one
 * thread, but that buffers come back from any.
 */
final class PageBatch {
    /** In the number of a frame: it is all zero, and no content follows. */
    static final long ZERO = Long.MIN_VALUE;

    private static final byte[] ZEROES = new byte[MachineMemory.PAGE_SIZE];

    /** Bytes of a page with content. */
    static final int RECORD = Long.BYTES + MachineMemory.PAGE_SIZE;

    private final Packer packer;
    private final int room;
    private final Queue<ByteBuffer> free = new ConcurrentLinkedQueue<>();
    private ByteBuffer records;
    private int pages;

    /**
     * @param pagesMax that one frame is to have, at most {@link WireFormat#PAGES_MAX}
     */
    PageBatch(Packer packer, int pagesMax) {
        this.packer = packer;
        this.room = packer.mostOf(pagesMax * RECORD);
        this.records = buffer();
    }

    private ByteBuffer buffer() {
        ByteBuffer used = free.poll();
        return used != null
                ? used.clear()
                : ByteBuffer.allocateDirect(room).order(ByteOrder.LITTLE_ENDIAN);
    }

    static boolean isZero(byte[] content) {
        return Arrays.equals(content, ZEROES);
    }

    /** Pages that were added. */
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

    /**
     * What was added, as a frame.
     *
     * @param compress if that makes it shorter
     */
    Message.Pages take(long round, boolean compress) {
        Lent content = pack(records.flip(), compress);
        Message.Pages taken = new Message.Pages(round, pages, content);
        records = buffer();
        pages = 0;
        return taken;
    }

    private Lent pack(ByteBuffer raw, boolean compress) {
        if (compress) {
            ByteBuffer packed = buffer();
            if (packer.pack(raw, packed)) {
                free.add(raw);
                return new Lent(true, raw.limit(), packed);
            }
            free.add(packed);
        }
        return Lent.stored(raw);
    }

    /** A frame has been sent: its buffer is of use again; from any thread. */
    void giveBack(Message.Pages sent) {
        free.add(sent.content().bytes());
    }
}
