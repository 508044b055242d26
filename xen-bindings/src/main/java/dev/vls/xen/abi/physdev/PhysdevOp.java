package dev.vls.xen.abi.physdev;

import dev.vls.xen.abi.ConstantNames;
import dev.vls.xen.abi.XenNumbers;

/**
 * Operations of the {@code physdev_op} hypercall.
 *
 * <p>Source: {@code public/physdev.h}, {@code PHYSDEVOP_*}.
 */
@XenNumbers(header = "physdev.h", prefix = "PHYSDEVOP_")
public final class PhysdevOp {
    private PhysdevOp() {}

    public static final int EOI = 12;
    public static final int PIRQ_EOI_GMFN_V1 = 17;
    public static final int PIRQ_EOI_GMFN_V2 = 28;
    public static final int IRQ_STATUS_QUERY = 5;
    public static final int SET_IOPL = 6;
    public static final int SET_IOBITMAP = 7;
    public static final int APIC_READ = 8;
    public static final int APIC_WRITE = 9;
    public static final int ALLOC_IRQ_VECTOR = 10;
    public static final int FREE_IRQ_VECTOR = 11;
    public static final int MAP_PIRQ = 13;
    public static final int UNMAP_PIRQ = 14;
    public static final int MANAGE_PCI_ADD = 15;
    public static final int MANAGE_PCI_REMOVE = 16;
    public static final int RESTORE_MSI = 19;
    public static final int MANAGE_PCI_ADD_EXT = 20;
    public static final int SETUP_GSI = 21;
    public static final int GET_FREE_PIRQ = 23;
    public static final int PCI_MMCFG_RESERVED = 24;
    public static final int PCI_DEVICE_ADD = 25;
    public static final int PCI_DEVICE_REMOVE = 26;
    public static final int RESTORE_MSI_EXT = 27;
    public static final int PREPARE_MSIX = 30;
    public static final int RELEASE_MSIX = 31;
    public static final int DBGP_OP = 29;

    /**
     * Name of a number for logs.
     *
     * @param number any int
     * @return the constant's name in this class, or {@code "physdev_op "} followed by the number
     */
    public static String name(int number) {
        return Names.TABLE.name(number);
    }

    /** Built when the first name is asked for, not when the constants are used. */
    private static final class Names {
        static final ConstantNames TABLE = ConstantNames.of(PhysdevOp.class, "physdev_op ");
    }
}
