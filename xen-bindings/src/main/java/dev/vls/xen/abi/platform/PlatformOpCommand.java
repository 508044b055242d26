package dev.vls.xen.abi.platform;

import dev.vls.xen.abi.ConstantNames;
import dev.vls.xen.abi.XenNumbers;

/**
 * Operations of the {@code platform_op} hypercall.
 *
 * <p>Source: {@code public/platform.h}, {@code XENPF_*}.
 */
@XenNumbers(header = "platform.h", prefix = "XENPF_")
public final class PlatformOpCommand {
    private PlatformOpCommand() {}

    public static final int SETTIME32 = 17;
    public static final int SETTIME64 = 62;
    public static final int ADD_MEMTYPE = 31;
    public static final int DEL_MEMTYPE = 32;
    public static final int READ_MEMTYPE = 33;
    public static final int MICROCODE_UPDATE = 35;
    public static final int PLATFORM_QUIRK = 39;
    public static final int EFI_RUNTIME_CALL = 49;
    public static final int FIRMWARE_INFO = 50;
    public static final int ENTER_ACPI_SLEEP = 51;
    public static final int CHANGE_FREQ = 52;
    public static final int GETIDLETIME = 53;
    public static final int SET_PROCESSOR_PMINFO = 54;
    public static final int GET_CPUINFO = 55;
    public static final int GET_CPU_VERSION = 48;
    public static final int CPU_ONLINE = 56;
    public static final int CPU_OFFLINE = 57;
    public static final int CPU_HOTADD = 58;
    public static final int MEM_HOTADD = 59;
    public static final int CORE_PARKING = 60;
    public static final int RESOURCE_OP = 61;
    public static final int GET_SYMBOL = 63;

    /**
     * Name of a number for logs.
     *
     * @param number any int
     * @return the constant's name in this class, or {@code "platform_op "} followed by the number
     */
    public static String name(int number) {
        return Names.TABLE.name(number);
    }

    /** Built when the first name is asked for, not when the constants are used. */
    private static final class Names {
        static final ConstantNames TABLE =
                ConstantNames.of(PlatformOpCommand.class, "platform_op ");
    }
}
