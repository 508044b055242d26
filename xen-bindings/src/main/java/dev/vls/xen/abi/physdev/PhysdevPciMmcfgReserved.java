package dev.vls.xen.abi.physdev;

import dev.vls.xen.abi.XenStruct;

/**
 * Argument of {@code PHYSDEVOP_pci_mmcfg_reserved}.
 *
 * <p>Source: {@code public/physdev.h}, {@code struct physdev_pci_mmcfg_reserved}.
 */
@XenStruct(type = "struct physdev_pci_mmcfg_reserved", header = "physdev.h")
public final class PhysdevPciMmcfgReserved {
    private PhysdevPciMmcfgReserved() {}

    /** {@code uint64_t}, 8 bytes. */
    public static final int ADDRESS = 0;

    /** {@code uint16_t}, 2 bytes. */
    public static final int SEGMENT = 8;

    /** {@code uint8_t}, 1 byte. */
    public static final int START_BUS = 10;

    /** {@code uint8_t}, 1 byte. */
    public static final int END_BUS = 11;

    /** {@code uint32_t}, 4 bytes. */
    public static final int FLAGS = 12;

    /** Size of the whole structure in bytes. */
    public static final int SIZE = 16;
}
