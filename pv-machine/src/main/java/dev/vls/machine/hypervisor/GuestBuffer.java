package dev.vls.machine.hypervisor;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * The hypervisor's own copy of a structure of the guest, little-endian, addressed by the offsets of
 * the ABI. Families keep one per structure: guest arguments are copied once, then the copy is
 * checked and used.
 */
public final class GuestBuffer {
    private static final VarHandle SHORT =
            MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle INT =
            MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle LONG =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private final byte[] bytes;

    /** A zeroed copy of so many bytes. */
    public GuestBuffer(int length) {
        bytes = new byte[length];
    }

    public byte[] bytes() {
        return bytes;
    }

    public int length() {
        return bytes.length;
    }

    public void clear() {
        Arrays.fill(bytes, (byte) 0);
    }

    /** Zero-extended. */
    public int getByte(int offset) {
        return bytes[offset] & 0xFF;
    }

    /** Zero-extended. */
    public int getShort(int offset) {
        return (short) SHORT.get(bytes, offset) & 0xFFFF;
    }

    public int getInt(int offset) {
        return (int) INT.get(bytes, offset);
    }

    public long getLong(int offset) {
        return (long) LONG.get(bytes, offset);
    }

    public void setByte(int offset, int value) {
        bytes[offset] = (byte) value;
    }

    public void setShort(int offset, int value) {
        SHORT.set(bytes, offset, (short) value);
    }

    public void setInt(int offset, int value) {
        INT.set(bytes, offset, value);
    }

    public void setLong(int offset, long value) {
        LONG.set(bytes, offset, value);
    }
}
