package dev.vls.xen.abi.physdev;

import dev.vls.xen.abi.XenStruct;

/**
 * Argument of {@code PHYSDEVOP_pci_device_remove}.
 *
 * <p>Source: {@code public/physdev.h}, {@code struct physdev_pci_device}.
 */
@XenStruct(type = "struct physdev_pci_device", header = "physdev.h")
public final class PhysdevPciDevice {
    private PhysdevPciDevice() {}

    /** {@code uint16_t}, 2 bytes. */
    public static final int SEG = 0;

    /** {@code uint8_t}, 1 byte. */
    public static final int BUS = 2;

    /** {@code uint8_t}, 1 byte. */
    public static final int DEVFN = 3;

    /** Size of the whole structure in bytes. */
    public static final int SIZE = 4;
}
