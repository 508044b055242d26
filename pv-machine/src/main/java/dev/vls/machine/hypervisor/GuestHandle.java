package dev.vls.machine.hypervisor;

/**
 * A domain's UUID, {@code xen_domain_handle_t}.
 *
 * @param high the first eight bytes, big-endian
 * @param low the last eight bytes, big-endian
 */
public record GuestHandle(long high, long low) {
    public static final GuestHandle NULL = new GuestHandle(0, 0);

    /** Byte {@code index} (0 to 15) of the handle in memory order. */
    public byte byteAt(int index) {
        long half = index < 8 ? high : low;
        return (byte) (half >>> (56 - 8 * (index & 7)));
    }
}
