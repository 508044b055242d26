package dev.vls.xen.abi.physdev;

import dev.vls.xen.abi.XenMember;
import dev.vls.xen.abi.XenStruct;

/**
 * Argument of {@code PHYSDEVOP_pci_device_add}.
 *
 * <p>Source: {@code public/physdev.h}, {@code struct physdev_pci_device_add}.
 */
@XenStruct(type = "struct physdev_pci_device_add", header = "physdev.h")
public final class PhysdevPciDeviceAdd {
    private PhysdevPciDeviceAdd() {}

    /** {@code uint16_t}, 2 bytes. */
    public static final int SEG = 0;

    /** {@code uint8_t}, 1 byte. */
    public static final int BUS = 2;

    /** {@code uint8_t}, 1 byte. */
    public static final int DEVFN = 3;

    /** {@code uint32_t}, 4 bytes. */
    public static final int FLAGS = 4;

    /** {@code uint8_t}, 1 byte. */
    @XenMember("physfn.bus")
    public static final int PHYSFN_BUS = 8;

    /** {@code uint8_t}, 1 byte. */
    @XenMember("physfn.devfn")
    public static final int PHYSFN_DEVFN = 9;

    /** {@code uint32_t []}, 0 bytes, of variable length. */
    public static final int OPTARR = 12;

    /** Size of the whole structure in bytes. */
    public static final int SIZE = 12;
}
