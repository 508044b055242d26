package dev.vls.xen.abi.xen;

import dev.vls.xen.abi.ConstantNames;
import dev.vls.xen.abi.XenNumbers;

/**
 * Hypercall numbers: what a PV guest puts into {@code RAX} before {@code SYSCALL}, times 32 the
 * offset of a stub in the hypercall page.
 *
 * <p>Source: {@code public/xen.h}, {@code __HYPERVISOR_*}.
 */
@XenNumbers(header = "xen.h", prefix = "__HYPERVISOR_")
public final class HypercallNumber {
    private HypercallNumber() {}

    public static final int SET_TRAP_TABLE = 0;
    public static final int MMU_UPDATE = 1;
    public static final int SET_GDT = 2;
    public static final int STACK_SWITCH = 3;

    /** Deprecated in favour of {@link #CALLBACK_OP}, still answered. */
    public static final int SET_CALLBACKS = 4;

    public static final int FPU_TASKSWITCH = 5;

    /** The form of {@link #SCHED_OP} with its argument in a register. */
    public static final int SCHED_OP_COMPAT = 6;

    public static final int PLATFORM_OP = 7;
    public static final int SET_DEBUGREG = 8;
    public static final int GET_DEBUGREG = 9;
    public static final int UPDATE_DESCRIPTOR = 10;
    public static final int MEMORY_OP = 12;
    public static final int MULTICALL = 13;
    public static final int UPDATE_VA_MAPPING = 14;
    public static final int SET_TIMER_OP = 15;

    /** The form of {@link #EVENT_CHANNEL_OP} with one tagged union, {@code struct evtchn_op}. */
    public static final int EVENT_CHANNEL_OP_COMPAT = 16;

    public static final int XEN_VERSION = 17;
    public static final int CONSOLE_IO = 18;

    /** The form of {@link #PHYSDEV_OP} with one tagged union, {@code struct physdev_op}. */
    public static final int PHYSDEV_OP_COMPAT = 19;

    public static final int GRANT_TABLE_OP = 20;
    public static final int VM_ASSIST = 21;
    public static final int UPDATE_VA_MAPPING_OTHERDOMAIN = 22;

    /** Never returns to its caller; takes {@code struct iret_context} from the stack. */
    public static final int IRET = 23;

    public static final int VCPU_OP = 24;
    public static final int SET_SEGMENT_BASE = 25;
    public static final int MMUEXT_OP = 26;
    public static final int XSM_OP = 27;
    public static final int NMI_OP = 28;
    public static final int SCHED_OP = 29;
    public static final int CALLBACK_OP = 30;
    public static final int XENOPROF_OP = 31;
    public static final int EVENT_CHANNEL_OP = 32;
    public static final int PHYSDEV_OP = 33;
    public static final int HVM_OP = 34;
    public static final int SYSCTL = 35;
    public static final int DOMCTL = 36;
    public static final int KEXEC_OP = 37;
    public static final int TMEM_OP = 38;
    public static final int ARGO_OP = 39;
    public static final int XENPMU_OP = 40;
    public static final int DM_OP = 41;
    public static final int HYPFS_OP = 42;

    /** On x86 {@code mca}: machine-check control for dom0. */
    public static final int ARCH_0 = 48;

    /** On x86 {@code paging_domctl_cont}: continuation, internal to Xen. */
    public static final int ARCH_1 = 49;

    public static final int ARCH_2 = 50;
    public static final int ARCH_3 = 51;
    public static final int ARCH_4 = 52;
    public static final int ARCH_5 = 53;
    public static final int ARCH_6 = 54;
    public static final int ARCH_7 = 55;

    /**
     * Name of a number for logs.
     *
     * @param number any int
     * @return the constant's name in this class, or {@code "hypercall "} followed by the number
     */
    public static String name(int number) {
        return Names.TABLE.name(number);
    }

    /** Built when the first name is asked for, not when the constants are used. */
    private static final class Names {
        static final ConstantNames TABLE = ConstantNames.of(HypercallNumber.class, "hypercall ");
    }
}
