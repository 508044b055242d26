package dev.vls.xen.abi.physdev;

import dev.vls.xen.abi.XenStruct;

/**
 * Argument of {@code PHYSDEVOP_manage_pci_add}.
 *
 * <p>Source: {@code public/physdev.h}, {@code struct physdev_manage_pci}.
 */
@XenStruct(type = "struct physdev_manage_pci", header = "physdev.h")
public final class PhysdevManagePci {
    private PhysdevManagePci() {}

    /** {@code uint8_t}, 1 byte. */
    public static final int BUS = 0;

    /** {@code uint8_t}, 1 byte. */
    public static final int DEVFN = 1;

    /** Size of the whole structure in bytes. */
    public static final int SIZE = 2;
}
