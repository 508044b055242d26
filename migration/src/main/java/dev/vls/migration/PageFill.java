package dev.vls.migration;

import dev.vls.machine.memory.MachineMemory;
import dev.vls.replay.wire.Message;
import dev.vls.replay.wire.Packer;
import dev.vls.replay.wire.WireException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Puts pages that arrive into memory that no machine uses yet. For one thread. */
public final class PageFill {
    private final MachineMemory memory;
    private final Packer packer = new Packer(true);

    /**
     * @param memory all zero
     */
    public PageFill(MachineMemory memory) {
        this.memory = memory;
    }

    /**
     * Pages have arrived.
     *
     * @throws WireException if they are none, or of frames that the machine has not
     */
    public void fill(Message.Pages message) {
        byte[] raw = packer.unpack(message.content());
        ByteBuffer records = ByteBuffer.wrap(raw).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < message.pages(); i++) {
            if (records.remaining() < Long.BYTES) {
                throw new WireException("fewer pages than it says");
            }
            long number = records.getLong();
            long mfn = number & ~PageBatch.ZERO;
            if (mfn >= memory.frames()) {
                throw new WireException(
                        "a page at frame %d, which the machine has not".formatted(mfn));
            }
            put(records, raw, number < 0, mfn << MachineMemory.PAGE_SHIFT);
        }
        if (records.hasRemaining()) {
            throw new WireException("more pages than it says");
        }
    }

    private void put(ByteBuffer records, byte[] raw, boolean zero, long maddr) {
        if (zero) {
            memory.fill(maddr, MachineMemory.PAGE_SIZE, 0);
            return;
        }
        if (records.remaining() < MachineMemory.PAGE_SIZE) {
            throw new WireException("a page ends within itself");
        }
        memory.write(maddr, raw, records.position(), MachineMemory.PAGE_SIZE);
        records.position(records.position() + MachineMemory.PAGE_SIZE);
    }
}
