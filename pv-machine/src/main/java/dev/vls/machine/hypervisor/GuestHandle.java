package dev.vls.machine.hypervisor;

/**
 * A domain's UUID, {@code xen_domain_handle_t}.
 *
 * @param high the first eight bytes, big-endian
 * @param low the last eight bytes, big-endian
 */
public record GuestHandle(long high, long low) {
    public static final GuestHandle NULL = new GuestHandle(0, 0);

    /** As UUIDs are written. */
    @Override
    public String toString() {
        return "%08x-%04x-%04x-%04x-%012x"
                .formatted(
                        high >>> 32,
                        high >>> 16 & 0xFFFF,
                        high & 0xFFFF,
                        low >>> 48,
                        low & 0xFFFF_FFFF_FFFFL);
    }

    /** Byte {@code index} (0 to 15) of the handle in memory order. */
    public byte byteAt(int index) {
        long half = index < 8 ? high : low;
        return (byte) (half >>> (56 - 8 * (index & 7)));
    }
}
