package dev.vls.machine.domain;

import java.nio.ByteBuffer;

/** Makes bzImages: a setup header of boot protocol 2.15 and a payload. */
final class BzImage {
    static final int PAYLOAD = 3 * 512 + 0x100;

    private BzImage() {}

    /**
     * Wraps a payload.
     *
     * @param size what Linux's build appends to other formats than gzip; -1 to append nothing
     */
    static byte[] wrap(byte[] payload, int size) {
        int length = payload.length + (size < 0 ? 0 : 4);
        byte[] bytes = new byte[PAYLOAD + length];
        ByteBuffer file = TestKernel.view(bytes);
        file.put(0x1f1, (byte) 2).putShort(0x1fe, (short) 0xaa55);
        file.put(0x202, new byte[] {'H', 'd', 'r', 'S'}).putShort(0x206, (short) 0x20f);
        file.putInt(0x248, PAYLOAD - 3 * 512).putInt(0x24c, length);
        file.put(PAYLOAD, payload);
        if (size >= 0) {
            file.putInt(bytes.length - 4, size);
        }
        return bytes;
    }
}
