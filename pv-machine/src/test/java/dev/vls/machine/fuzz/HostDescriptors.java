package dev.vls.machine.fuzz;

import dev.vls.machine.cpu.FlatWorld;

/**
 * The segment descriptors that Linux has in its GDT (arch/x86/include/asm/segment.h), so that loads
 * of segment registers meet the same ones on both sides.
 */
final class HostDescriptors {
    private HostDescriptors() {}

    static void describe(FlatWorld world) {
        world.describe(0x08, 0x00CF_9B00_0000_FFFFL); // kernel, 32-bit code
        world.describe(0x10, 0x00AF_9B00_0000_FFFFL); // kernel, 64-bit code
        world.describe(0x18, 0x00CF_9300_0000_FFFFL); // kernel data
        world.describe(0x20, 0x00CF_FB00_0000_FFFFL); // user, 32-bit code
        world.describe(0x40, 0x0000_8B00_0000_206FL); // TSS
        world.describe(0x78, 0x0040_F500_0000_0000L); // number of the processor
    }
}
