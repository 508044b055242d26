package dev.vls.machine.hypervisor;

/**
 * The processor that the machine implements, without a policy of the operator's: an Intel one of
 * x86-64-v2 with AES, BMI and ADX.
 */
public final class BaselineCpuid implements CpuidPolicy {
    private static final int MAX_LEAF = 0xd;
    private static final int MAX_EXTENDED_LEAF = 0x8000_0008;

    /** Family 6, model 94, stepping 3. */
    private static final int SIGNATURE = 0x506e3;

    /** CLFLUSH line of 64 bytes, one logical processor. */
    private static final int BRAND_AND_CLFLUSH = 0x0001_0800;

    private static final int ADDRESS_BITS = 48 << 8 | 46;
    private static final String BRAND = "VLS embedded x86-64 processor";

    /** SSE3, PCLMULQDQ, SSSE3, CMPXCHG16B, SSE4.1, SSE4.2, MOVBE, POPCNT, AES, hypervisor. */
    private static final int FEATURES_ECX = bits(0, 1, 9, 13, 19, 20, 22, 23, 25, 31);

    /** FPU, DE, TSC, MSR, PAE, MCE, CX8, APIC, MCA, CMOV, PAT, CLFSH, MMX, FXSR, SSE, SSE2. */
    private static final int FEATURES_EDX =
            bits(0, 2, 4, 5, 6, 7, 8, 9, 14, 15, 16, 19, 23, 24, 25, 26);

    /** BMI1, BMI2, ERMS, ADX. */
    private static final int STRUCTURED_EBX = bits(3, 8, 9, 19);

    /** LAHF in 64-bit mode, LZCNT, PREFETCHW. */
    private static final int EXTENDED_ECX = bits(0, 5, 8);

    /** SYSCALL, NX, RDTSCP, long mode. */
    private static final int EXTENDED_EDX = bits(11, 20, 27, 29);

    private static int bits(int... numbers) {
        int result = 0;
        for (int number : numbers) {
            result |= 1 << number;
        }
        return result;
    }

    @Override
    public void query(int leaf, int subleaf, int[] registers) {
        switch (leaf) {
            case 0 -> set(registers, MAX_LEAF, 0x756e_6547, 0x6c65_746e, 0x4965_6e69);
            case 1 -> set(registers, SIGNATURE, BRAND_AND_CLFLUSH, FEATURES_ECX, FEATURES_EDX);
            case 7 -> {
                if (subleaf == 0) {
                    set(registers, 0, STRUCTURED_EBX, 0, 0);
                }
            }
            case 0x8000_0000 -> set(registers, MAX_EXTENDED_LEAF, 0, 0, 0);
            case 0x8000_0001 -> set(registers, 0, 0, EXTENDED_ECX, EXTENDED_EDX);
            case 0x8000_0002, 0x8000_0003, 0x8000_0004 ->
                    brand((leaf - 0x8000_0002) * 16, registers);
            case 0x8000_0008 -> set(registers, ADDRESS_BITS, 0, 0, 0);
            default -> {}
        }
    }

    private static void set(int[] registers, int eax, int ebx, int ecx, int edx) {
        registers[0] = eax;
        registers[1] = ebx;
        registers[2] = ecx;
        registers[3] = edx;
    }

    private static void brand(int offset, int[] registers) {
        for (int i = 0; i < 16; i++) {
            int at = offset + i;
            int letter = at < BRAND.length() ? BRAND.charAt(at) : 0;
            registers[i / 4] |= letter << (8 * (i % 4));
        }
    }
}
