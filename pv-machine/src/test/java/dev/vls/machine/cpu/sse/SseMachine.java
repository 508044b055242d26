package dev.vls.machine.cpu.sse;

import java.nio.ByteBuffer;

/** XMM and MM registers with MXCSR, loaded from and compared with oracle records. */
final class SseMachine {
    private static final int MXCSR_OFFSET = 24;
    private static final int MM_OFFSET = 32;
    private static final int XMM_OFFSET = 160;

    final MxcsrState s = new MxcsrState();
    final DotProduct dot = new DotProduct();

    /** Lower and upper halves of XMM0 to XMM2. */
    final long[] low = new long[3];

    final long[] high = new long[3];

    /** MM0 to MM7. */
    final long[] mm = new long[8];

    /** RAX, RCX, RDX, RSI and the arithmetic flags. */
    final long[] general = new long[5];

    /** Whether the instruction raised #XM. */
    boolean fault;

    void load(ByteBuffer batch, int offset) {
        s.set(batch.getInt(offset + MXCSR_OFFSET));
        for (int i = 0; i < 3; i++) {
            low[i] = batch.getLong(offset + XMM_OFFSET + 16 * i);
            high[i] = batch.getLong(offset + XMM_OFFSET + 16 * i + 8);
        }
        for (int i = 0; i < 8; i++) {
            mm[i] = batch.getLong(offset + MM_OFFSET + 16 * i);
        }
        for (int i = 0; i < 5; i++) {
            general[i] = batch.getLong(offset + 512 + 8 * i);
        }
        fault = false;
    }

    /** Writes XMM1 unless an exception forbids it. */
    void result(long newLow, long newHigh) {
        if (s.commit()) {
            low[1] = newLow;
            high[1] = newHigh;
        } else {
            fault = true;
        }
    }

    /** Writes the lower half of XMM1. */
    void result64(long newLow) {
        result(newLow, high[1]);
    }

    /** Writes the lowest lane of XMM1. */
    void result32(int lane) {
        result((low[1] & 0xFFFFFFFF00000000L) | (lane & 0xFFFFFFFFL), high[1]);
    }

    /** Writes RAX. */
    void resultGeneral(long value, int width) {
        if (s.commit()) {
            general[0] = width == 32 ? value & 0xFFFFFFFFL : value;
        } else {
            fault = true;
        }
    }

    /** Writes the arithmetic flags. */
    void resultFlags(int flags) {
        if (s.commit()) {
            general[4] = (general[4] & ~0x8D5L) | flags;
        } else {
            fault = true;
        }
    }

    String difference(ByteBuffer batch, int offset) {
        StringBuilder text = new StringBuilder();
        compare(text, "mxcsr", s.get(), batch.getInt(offset + MXCSR_OFFSET));
        for (int i = 0; i < 3; i++) {
            compare(text, "xmm" + i, low[i], batch.getLong(offset + XMM_OFFSET + 16 * i));
            compare(
                    text,
                    "xmm" + i + "h",
                    high[i],
                    batch.getLong(offset + XMM_OFFSET + 16 * i + 8));
        }
        for (int i = 0; i < 8; i++) {
            compare(text, "mm" + i, mm[i], batch.getLong(offset + MM_OFFSET + 16 * i));
        }
        for (int i = 0; i < 4; i++) {
            compare(text, "general" + i, general[i], batch.getLong(offset + 512 + 8 * i));
        }
        compare(text, "flags", general[4] & 0x8D5, batch.getLong(offset + 512 + 32) & 0x8D5);
        compare(text, "fault", fault ? 8 : 0, batch.getLong(offset + 512 + 40));
        return text.toString();
    }

    private static void compare(StringBuilder text, String what, long ours, long host) {
        if (ours != host) {
            text.append(String.format(" %s ours=%x host=%x", what, ours, host));
        }
    }

    static String describe(ByteBuffer batch, int offset) {
        StringBuilder text =
                new StringBuilder(String.format("mxcsr=%x", batch.getInt(offset + MXCSR_OFFSET)));
        for (int i = 0; i < 3; i++) {
            text.append(
                    String.format(
                            " xmm%d=%016x:%016x",
                            i,
                            batch.getLong(offset + XMM_OFFSET + 16 * i + 8),
                            batch.getLong(offset + XMM_OFFSET + 16 * i)));
        }
        return text.append(String.format(" rax=%x", batch.getLong(offset + 512))).toString();
    }
}
