package dev.vls.xen.abi.arch;

import dev.vls.xen.abi.ConstantNames;
import dev.vls.xen.abi.XenNumbers;

/**
 * Vectors of the CPU's exceptions, also indices of a guest's virtual IDT.
 *
 * <p>Source: {@code xen/arch/x86/include/asm/x86-defns.h}, {@code X86_EXC_*}.
 */
@XenNumbers(
        header = "xen/arch/x86/include/asm/x86-defns.h",
        prefix = "X86_EXC_",
        lowerCase = false,
        inXenSource = true)
public final class ExceptionVector {
    private ExceptionVector() {}

    public static final int DE = 0;
    public static final int DB = 1;
    public static final int NMI = 2;
    public static final int BP = 3;
    public static final int OF = 4;
    public static final int BR = 5;
    public static final int UD = 6;
    public static final int NM = 7;
    public static final int DF = 8;
    public static final int CSO = 9;
    public static final int TS = 10;
    public static final int NP = 11;
    public static final int SS = 12;
    public static final int GP = 13;
    public static final int PF = 14;
    public static final int SPV = 15;
    public static final int MF = 16;
    public static final int AC = 17;
    public static final int MC = 18;
    public static final int XM = 19;
    public static final int VE = 20;
    public static final int CP = 21;
    public static final int HV = 28;
    public static final int VC = 29;
    public static final int SX = 30;

    /**
     * Name of a number for logs.
     *
     * @param number any int
     * @return the constant's name in this class, or {@code "exception "} followed by the number
     */
    public static String name(int number) {
        return Names.TABLE.name(number);
    }

    /** Built when the first name is asked for, not when the constants are used. */
    private static final class Names {
        static final ConstantNames TABLE = ConstantNames.of(ExceptionVector.class, "exception ");
    }
}
