package dev.vls.machine.cpu.x87;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** An FPU with a little memory and the general registers that x87 instructions touch. */
final class X87Machine {
    final FpuState f = new FpuState();
    final ByteBuffer memory = ByteBuffer.allocate(512).order(ByteOrder.LITTLE_ENDIAN);
    long rax;
    long rflags;

    int int16() {
        return memory.getShort(0);
    }

    int int32() {
        return memory.getInt(0);
    }

    long int64() {
        return memory.getLong(0);
    }

    /** Loads the state of an oracle record. */
    void load(ByteBuffer batch, int offset, int memoryBytes) {
        X87Image.setFxsaveHeader(f, batch.getLong(offset));
        for (int i = 0; i < 8; i++) {
            int at = offset + 32 + 16 * i;
            f.setUntagged(i, batch.getShort(at + 8) & 0xFFFF, batch.getLong(at));
        }
        rax = batch.getLong(offset + 512);
        rflags = batch.getLong(offset + 512 + 32);
        memory.put(0, batch, offset + 576, memoryBytes);
    }

    /** Describes the first difference from an oracle record, or returns an empty string. */
    String difference(ByteBuffer batch, int offset, int memoryBytes) {
        StringBuilder text = new StringBuilder();
        int control = batch.getShort(offset) & 0xFFFF;
        int status = batch.getShort(offset + 2) & 0xFFFF;
        int tags = batch.get(offset + 4) & 0xFF;
        compare(text, "fcw", f.controlWord(), control);
        compare(text, "fsw", f.statusWord(), status);
        compare(text, "ftw", f.abridgedTags(), tags);
        for (int i = 0; i < 8; i++) {
            int at = offset + 32 + 16 * i;
            compare(text, "st" + i + ".exp", f.exponent(i), batch.getShort(at + 8) & 0xFFFF);
            compare(text, "st" + i + ".sig", f.significand(i), batch.getLong(at));
        }
        compare(text, "rax", rax, batch.getLong(offset + 512));
        compare(text, "rflags", rflags & 0x8D5, batch.getLong(offset + 512 + 32) & 0x8D5);
        for (int i = 0; i < memoryBytes; i++) {
            compare(text, "mem" + i, memory.get(i), batch.get(offset + 576 + i));
        }
        return text.toString();
    }

    private static void compare(StringBuilder text, String what, long ours, long host) {
        if (ours != host) {
            if (text.length() < 300)
                text.append(String.format(" %s ours=%x host=%x", what, ours, host));
        }
    }

    /** Describes the state an oracle record starts from. */
    static String describe(ByteBuffer batch, int offset) {
        StringBuilder text = new StringBuilder();
        text.append(
                String.format(
                        "fcw=%04x fsw=%04x ftw=%02x",
                        batch.getShort(offset), batch.getShort(offset + 2), batch.get(offset + 4)));
        for (int i = 0; i < 8; i++) {
            int at = offset + 32 + 16 * i;
            text.append(
                    String.format(
                            " st%d=%04x:%016x", i, batch.getShort(at + 8), batch.getLong(at)));
        }
        return text.append(
                        String.format(
                                " mem=%016x %016x",
                                batch.getLong(offset + 576), batch.getLong(offset + 584)))
                .toString();
    }
}
