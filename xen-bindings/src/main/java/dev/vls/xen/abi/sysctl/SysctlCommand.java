package dev.vls.xen.abi.sysctl;

import dev.vls.xen.abi.ConstantNames;
import dev.vls.xen.abi.XenNumbers;

/**
 * Commands of the {@code sysctl} hypercall.
 *
 * <p>Source: {@code public/sysctl.h}, {@code XEN_SYSCTL_*}.
 */
@XenNumbers(header = "sysctl.h", prefix = "XEN_SYSCTL_")
public final class SysctlCommand {
    private SysctlCommand() {}

    public static final int READCONSOLE = 1;
    public static final int TBUF_OP = 2;
    public static final int PHYSINFO = 3;
    public static final int SCHED_ID = 4;
    public static final int PERFC_OP = 5;
    public static final int GETDOMAININFOLIST = 6;
    public static final int DEBUG_KEYS = 7;
    public static final int GETCPUINFO = 8;
    public static final int AVAILHEAP = 9;
    public static final int GET_PMSTAT = 10;
    public static final int CPU_HOTPLUG = 11;
    public static final int PM_OP = 12;
    public static final int PAGE_OFFLINE_OP = 14;
    public static final int LOCKPROF_OP = 15;
    public static final int CPUTOPOINFO = 16;
    public static final int NUMAINFO = 17;
    public static final int CPUPOOL_OP = 18;
    public static final int SCHEDULER_OP = 19;
    public static final int COVERAGE_OP = 20;
    public static final int PSR_CMT_OP = 21;
    public static final int PCITOPOINFO = 22;
    public static final int PSR_ALLOC = 23;
    public static final int GET_CPU_LEVELLING_CAPS = 25;
    public static final int GET_CPU_FEATURESET = 26;
    public static final int LIVEPATCH_OP = 27;
    public static final int GET_CPU_POLICY = 29;

    /**
     * Name of a number for logs.
     *
     * @param number any int
     * @return the constant's name in this class, or {@code "sysctl "} followed by the number
     */
    public static String name(int number) {
        return Names.TABLE.name(number);
    }

    /** Built when the first name is asked for, not when the constants are used. */
    private static final class Names {
        static final ConstantNames TABLE = ConstantNames.of(SysctlCommand.class, "sysctl ");
    }
}
