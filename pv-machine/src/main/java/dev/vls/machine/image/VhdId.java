package dev.vls.machine.image;

/** The 128-bit name of a VHD: by it a differencing image knows its parent. */
public record VhdId(long high, long low) {
    /** Eight-four-four-four-twelve hexadecimal digits. */
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
}
