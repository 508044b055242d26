package dev.vls.machine.hypervisor;

import static dev.vls.machine.memory.MachineMemory.PAGE_SHIFT;

import dev.vls.machine.cpu.Cpu;
import dev.vls.machine.memory.MachineMemory;

/**
 * RDMSR and WRMSR of a PV guest that is no hardware domain (arch/x86/msr.c,
 * arch/x86/pv/emul-priv-op.c, {@code guest_rdmsr_xen} in arch/x86/traps.c). Performance counters,
 * mitigations and everything that no CPUID policy of this machine offers fault.
 */
final class ModelSpecificRegisters {
    private static final int IA32_TSC = 0x10;
    private static final int PLATFORM_ID = 0x17;
    private static final int APIC_BASE = 0x1b;
    private static final int FEATURE_CONTROL = 0x3a;
    private static final int UCODE_REV = 0x8b;
    private static final int PLATFORM_INFO = 0xce;
    private static final int MPERF = 0xe7;
    private static final int APERF = 0xe8;
    private static final int ARCH_CAPABILITIES = 0x10a;
    private static final int MISC_FEATURES_ENABLES = 0x140;
    private static final int MCG_CAP = 0x179;
    private static final int MCG_CTL = 0x17b;
    private static final int PERF_STATUS = 0x198;
    private static final int PERF_CTL = 0x199;
    private static final int THERM_CONTROL = 0x19a;
    private static final int THERM_STATUS = 0x19c;
    private static final int MISC_ENABLE = 0x1a0;
    private static final int ENERGY_PERF_BIAS = 0x1b0;
    private static final int CR_PAT = 0x277;
    private static final int PERF_CAPABILITIES = 0x345;
    private static final int EFER = 0xc000_0080;
    private static final int FS_BASE = 0xc000_0100;
    private static final int GS_BASE = 0xc000_0101;
    private static final int SHADOW_GS_BASE = 0xc000_0102;
    private static final int TSC_AUX = 0xc000_0103;
    private static final int HWCR = 0xc001_0015;
    private static final int NB_CFG = 0xc001_001f;
    private static final int DE_CFG = 0xc001_1029;
    private static final int XEN_HYPERCALL_PAGE = 0x4000_0000;

    /** SCE, LME, LMA, NXE. */
    private static final long EFER_VALUE = 0xd01;

    /** XEN_MSR_PAT. */
    private static final long PAT_VALUE = 0x0501_0007_0406L;

    private static final long APIC_BASE_ENABLED = 0xfee0_0000L | 1 << 11;
    private static final long APIC_BASE_BOOT = 1 << 8;
    private static final long MISC_ENABLE_VALUE = 1L << 11 | 1L << 12 | 1L << 23 | 1;
    private static final long DE_CFG_LFENCE = 1 << 1;

    /**
     * What a processor that does not speculate is not vulnerable to (Intel SDM vol. 4,
     * IA32_ARCH_CAPABILITIES): RDCL_NO, SKIP_L1DFL_VMENTRY, SSB_NO, MDS_NO, IF_PSCHANGE_MC_NO,
     * TAA_NO, SBDR_SSDP_NO, FBSDP_NO, PSDP_NO, BHI_NO, PBRSB_NO, GDS_NO, RFDS_NO, ITS_NO.
     */
    private static final long ARCH_CAPABILITIES_VALUE =
            1L << 0 | 1L << 3 | 1L << 4 | 1L << 5 | 1L << 6 | 1L << 8 | 1L << 13 | 1L << 14
                    | 1L << 15 | 1L << 20 | 1L << 24 | 1L << 26 | 1L << 27 | 1L << 62;

    private final Domain domain;
    private final CpuidPolicy policy;

    ModelSpecificRegisters(Domain domain, CpuidPolicy policy) {
        this.domain = domain;
        this.policy = policy;
    }

    /** Whether a read of the register succeeds. */
    boolean isReadable(int msr) {
        boolean intel = policy.isIntel();
        return switch (msr) {
            case IA32_TSC,
                    APIC_BASE,
                    PLATFORM_INFO,
                    MISC_FEATURES_ENABLES,
                    CR_PAT,
                    PERF_CAPABILITIES,
                    EFER,
                    FS_BASE,
                    GS_BASE,
                    SHADOW_GS_BASE,
                    NB_CFG,
                    UCODE_REV,
                    XEN_HYPERCALL_PAGE ->
                    true;
            case PLATFORM_ID, FEATURE_CONTROL, PERF_STATUS, PERF_CTL, THERM_STATUS, MISC_ENABLE ->
                    intel;
            case HWCR, DE_CFG -> !intel;
            case TSC_AUX -> policy.hasRdtscp();
            case ARCH_CAPABILITIES -> policy.hasArchCapabilities();
            default -> isMachineCheck(msr);
        };
    }

    /**
     * Whether a register that cannot be read reads as zero for a guest that has no #GP handler yet.
     * Xen does so for what the host has; here the ranges of registers stand for the host.
     */
    static boolean isFakeable(int msr) {
        return Integer.compareUnsigned(msr, 0x2000) < 0 || (msr & 0xffff_e000) == 0xc000_0000;
    }

    /** The value of a register that {@link #isReadable}. */
    long read(Vcpu vcpu, int msr) {
        return switch (msr) {
            case IA32_TSC -> domain.time().now();
            case APIC_BASE -> APIC_BASE_ENABLED | (vcpu.id == 0 ? APIC_BASE_BOOT : 0);
            case FEATURE_CONTROL -> 1;
            case MISC_ENABLE -> MISC_ENABLE_VALUE;
            case CR_PAT -> PAT_VALUE;
            case EFER -> EFER_VALUE;
            case FS_BASE -> vcpu.cpu.segmentBase[Cpu.FS];
            case GS_BASE -> vcpu.cpu.segmentBase[Cpu.GS];
            case SHADOW_GS_BASE -> vcpu.inactiveGsBase;
            case TSC_AUX -> Integer.toUnsignedLong(vcpu.tscAux);
            case DE_CFG -> DE_CFG_LFENCE;
            case ARCH_CAPABILITIES -> ARCH_CAPABILITIES_VALUE;
            default -> 0;
        };
    }

    /** Writes a register, or drops the write where Xen does; false is #GP. */
    boolean write(Vcpu vcpu, int msr, long value) {
        return switch (msr) {
            case FS_BASE, GS_BASE, SHADOW_GS_BASE -> writeBase(vcpu, msr, value);
            case EFER -> value == EFER_VALUE;
            case TSC_AUX -> writeTscAux(vcpu, value);
            case MISC_FEATURES_ENABLES -> value == 0;
            case UCODE_REV -> policy.isIntel() && value == 0;
            case PERF_CTL, THERM_CONTROL, ENERGY_PERF_BIAS, MISC_ENABLE -> policy.isIntel();
            case HWCR, DE_CFG -> !policy.isIntel();
            case MPERF, APERF, NB_CFG -> true;
            case XEN_HYPERCALL_PAGE -> writeHypercallPage(value);
            default -> isMachineCheck(msr);
        };
    }

    private boolean writeTscAux(Vcpu vcpu, long value) {
        if (!policy.hasRdtscp() || value >>> 32 != 0) {
            return false;
        }
        vcpu.tscAux = (int) value;
        return true;
    }

    private static boolean writeBase(Vcpu vcpu, int msr, long value) {
        if (!Cpu.isCanonical(value)) {
            return false;
        }
        switch (msr) {
            case FS_BASE -> vcpu.cpu.segmentBase[Cpu.FS] = value;
            case GS_BASE -> vcpu.cpu.segmentBase[Cpu.GS] = value;
            default -> vcpu.inactiveGsBase = value;
        }
        return true;
    }

    private boolean writeHypercallPage(long value) {
        long mfn = value >>> PAGE_SHIFT;
        if ((value & ~MachineMemory.PAGE_MASK) != 0
                || !domain.memoryManagement().getWritablePage(mfn)) {
            return false;
        }
        HypercallPage.write(domain.memory(), mfn);
        domain.memoryManagement().putWritablePage(mfn);
        return true;
    }

    /** Machine-check registers: a guest without banks reads zeroes and writes nothing. */
    private static boolean isMachineCheck(int msr) {
        return msr == 0
                || msr == 1
                || (msr >= MCG_CAP && msr <= MCG_CTL)
                || (msr >= 0x280 && msr <= 0x29f)
                || (msr >= 0x400 && msr <= 0x47f);
    }
}
