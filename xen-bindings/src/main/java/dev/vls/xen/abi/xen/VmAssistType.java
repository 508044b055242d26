package dev.vls.xen.abi.xen;

import dev.vls.xen.abi.ConstantNames;
import dev.vls.xen.abi.XenConstant;
import dev.vls.xen.abi.XenNumbers;

/**
 * Assist numbers of the {@code vm_assist} hypercall; also bit positions in {@code
 * vcpu_guest_context.vm_assist}.
 *
 * <p>Source: {@code public/xen.h}, {@code VMASST_TYPE_*}.
 */
@XenNumbers(header = "xen.h", prefix = "VMASST_TYPE_")
public final class VmAssistType {
    private VmAssistType() {}

    @XenConstant("VMASST_TYPE_4gb_segments")
    public static final int FOUR_GB_SEGMENTS = 0;

    @XenConstant("VMASST_TYPE_4gb_segments_notify")
    public static final int FOUR_GB_SEGMENTS_NOTIFY = 1;

    public static final int WRITABLE_PAGETABLES = 2;
    public static final int PAE_EXTENDED_CR3 = 3;
    public static final int ARCHITECTURAL_IOPL = 4;
    public static final int RUNSTATE_UPDATE_FLAG = 5;
    public static final int M2P_STRICT = 32;

    /**
     * Name of a number for logs.
     *
     * @param number any int
     * @return the constant's name in this class, or {@code "vm_assist "} followed by the number
     */
    public static String name(int number) {
        return Names.TABLE.name(number);
    }

    /** Built when the first name is asked for, not when the constants are used. */
    private static final class Names {
        static final ConstantNames TABLE = ConstantNames.of(VmAssistType.class, "vm_assist ");
    }
}
