package dev.vls.xen.abi.version;

import dev.vls.xen.abi.ConstantNames;
import dev.vls.xen.abi.XenConstant;
import dev.vls.xen.abi.XenNumbers;

/**
 * Feature bits of {@code XENVER_get_features}, also named in a kernel's ELF notes.
 *
 * <p>Source: {@code public/features.h}, {@code XENFEAT_*}.
 */
@XenNumbers(header = "features.h", prefix = "XENFEAT_")
public final class Feature {
    private Feature() {}

    public static final int WRITABLE_PAGE_TABLES = 0;
    public static final int WRITABLE_DESCRIPTOR_TABLES = 1;
    public static final int AUTO_TRANSLATED_PHYSMAP = 2;
    public static final int SUPERVISOR_MODE_KERNEL = 3;
    public static final int PAE_PGDIR_ABOVE_4GB = 4;
    public static final int MMU_PT_UPDATE_PRESERVE_AD = 5;
    public static final int HIGHMEM_ASSIST = 6;
    public static final int GNTTAB_MAP_AVAIL_BITS = 7;
    public static final int HVM_CALLBACK_VECTOR = 8;
    public static final int HVM_SAFE_PVCLOCK = 9;
    public static final int HVM_PIRQS = 10;
    public static final int DOM0 = 11;
    public static final int MEMORY_OP_VNODE_SUPPORTED = 13;

    @XenConstant("XENFEAT_ARM_SMCCC_supported")
    public static final int ARM_SMCCC_SUPPORTED = 14;

    public static final int LINUX_RSDP_UNRESTRICTED = 15;
    public static final int NOT_DIRECT_MAPPED = 16;
    public static final int DIRECT_MAPPED = 17;

    /**
     * Name of a number for logs.
     *
     * @param number any int
     * @return the constant's name in this class, or {@code "feature "} followed by the number
     */
    public static String name(int number) {
        return Names.TABLE.name(number);
    }

    /** Built when the first name is asked for, not when the constants are used. */
    private static final class Names {
        static final ConstantNames TABLE = ConstantNames.of(Feature.class, "feature ");
    }
}
