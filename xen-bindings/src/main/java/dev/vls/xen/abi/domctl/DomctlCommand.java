package dev.vls.xen.abi.domctl;

import dev.vls.xen.abi.ConstantNames;
import dev.vls.xen.abi.XenNumbers;

/**
 * Commands of the {@code domctl} hypercall.
 *
 * <p>Source: {@code public/domctl.h}, {@code XEN_DOMCTL_*}.
 */
@XenNumbers(header = "domctl.h", prefix = "XEN_DOMCTL_")
public final class DomctlCommand {
    private DomctlCommand() {}

    public static final int CREATEDOMAIN = 1;
    public static final int DESTROYDOMAIN = 2;
    public static final int PAUSEDOMAIN = 3;
    public static final int UNPAUSEDOMAIN = 4;
    public static final int GETDOMAININFO = 5;
    public static final int SETVCPUAFFINITY = 9;
    public static final int SHADOW_OP = 10;
    public static final int MAX_MEM = 11;
    public static final int SETVCPUCONTEXT = 12;
    public static final int GETVCPUCONTEXT = 13;
    public static final int GETVCPUINFO = 14;
    public static final int MAX_VCPUS = 15;
    public static final int SCHEDULER_OP = 16;
    public static final int SETDOMAINHANDLE = 17;
    public static final int SETDEBUGGING = 18;
    public static final int IRQ_PERMISSION = 19;
    public static final int IOMEM_PERMISSION = 20;
    public static final int IOPORT_PERMISSION = 21;
    public static final int HYPERCALL_INIT = 22;
    public static final int SETTIMEOFFSET = 24;
    public static final int GETVCPUAFFINITY = 25;
    public static final int REAL_MODE_AREA = 26;
    public static final int RESUMEDOMAIN = 27;
    public static final int SENDTRIGGER = 28;
    public static final int SUBSCRIBE = 29;
    public static final int GETHVMCONTEXT = 33;
    public static final int SETHVMCONTEXT = 34;
    public static final int SET_ADDRESS_SIZE = 35;
    public static final int GET_ADDRESS_SIZE = 36;
    public static final int ASSIGN_DEVICE = 37;
    public static final int BIND_PT_IRQ = 38;
    public static final int MEMORY_MAPPING = 39;
    public static final int IOPORT_MAPPING = 40;
    public static final int SET_EXT_VCPUCONTEXT = 42;
    public static final int GET_EXT_VCPUCONTEXT = 43;
    public static final int SET_OPT_FEATURE = 44;
    public static final int TEST_ASSIGN_DEVICE = 45;
    public static final int SET_TARGET = 46;
    public static final int DEASSIGN_DEVICE = 47;
    public static final int UNBIND_PT_IRQ = 48;
    public static final int GET_DEVICE_GROUP = 50;
    public static final int DEBUG_OP = 54;
    public static final int GETHVMCONTEXT_PARTIAL = 55;
    public static final int VM_EVENT_OP = 56;
    public static final int MEM_SHARING_OP = 57;
    public static final int GETTSCINFO = 59;
    public static final int SETTSCINFO = 60;
    public static final int GETPAGEFRAMEINFO3 = 61;
    public static final int SETVCPUEXTSTATE = 62;
    public static final int GETVCPUEXTSTATE = 63;
    public static final int SET_ACCESS_REQUIRED = 64;
    public static final int AUDIT_P2M = 65;
    public static final int SET_VIRQ_HANDLER = 66;
    public static final int SET_BROKEN_PAGE_P2M = 67;
    public static final int SETNODEAFFINITY = 68;
    public static final int GETNODEAFFINITY = 69;
    public static final int CACHEFLUSH = 71;
    public static final int GET_VCPU_MSRS = 72;
    public static final int SET_VCPU_MSRS = 73;
    public static final int SETVNUMAINFO = 74;
    public static final int PSR_CMT_OP = 75;
    public static final int MONITOR_OP = 77;
    public static final int PSR_ALLOC = 78;
    public static final int SOFT_RESET = 79;
    public static final int VUART_OP = 81;
    public static final int GET_CPU_POLICY = 82;
    public static final int SET_CPU_POLICY = 83;
    public static final int VMTRACE_OP = 84;
    public static final int GET_PAGING_MEMPOOL_SIZE = 85;
    public static final int SET_PAGING_MEMPOOL_SIZE = 86;
    public static final int GDBSX_GUESTMEMIO = 1000;
    public static final int GDBSX_PAUSEVCPU = 1001;
    public static final int GDBSX_UNPAUSEVCPU = 1002;
    public static final int GDBSX_DOMSTATUS = 1003;

    /**
     * Name of a number for logs.
     *
     * @param number any int
     * @return the constant's name in this class, or {@code "domctl "} followed by the number
     */
    public static String name(int number) {
        return Names.TABLE.name(number);
    }

    /** Built when the first name is asked for, not when the constants are used. */
    private static final class Names {
        static final ConstantNames TABLE = ConstantNames.of(DomctlCommand.class, "domctl ");
    }
}
