package dev.vls.machine.hypervisor;

import dev.vls.machine.cpu.Cpu;

/**
 * CPUID: the policy's leaves, and the hypervisor's own (arch/x86/traps.c, cpuid_hypervisor_leaves).
 */
final class Cpuid {
    private static final int BASE = 0x4000_0000;
    private static final int LAST = BASE + 5;
    private static final int END = BASE + 0x100;
    private static final int FEATURES_LEAF = 1;
    private static final int OSXSAVE = 1 << 27;

    /** XEN_CPUID_FEAT1_MMU_PT_UPDATE_PRESERVE_AD. */
    private static final int PRESERVE_AD = 1;

    /** Time leaf: the TSC is safe, RDTSCP is there. */
    private static final int TSC_SAFE = 1 << 1;

    private static final int HAS_RDTSCP = 1 << 2;

    private Cpuid() {}

    static void execute(Vcpu vcpu, CpuidPolicy policy) {
        Cpu cpu = vcpu.cpu;
        int leaf = (int) cpu.gpr[Cpu.RAX];
        int subleaf = (int) cpu.gpr[Cpu.RCX];
        int[] r = vcpu.cpuidRegisters;
        r[0] = r[1] = r[2] = r[3] = 0;
        if (leaf >= BASE && leaf < END) {
            if (leaf <= LAST) {
                hypervisorLeaf(vcpu, leaf, subleaf, policy, r);
            }
        } else {
            policy.query(leaf, subleaf, r);
            if (leaf == FEATURES_LEAF) {
                // A PV guest has no APIC: all of its vCPUs have the ID 0.
                r[1] &= 0x00FF_FFFF;
                boolean osxsave = (vcpu.cr4 & ControlRegisters.CR4_OSXSAVE) != 0;
                r[2] = osxsave ? r[2] | OSXSAVE : r[2] & ~OSXSAVE;
            }
        }
        cpu.gpr[Cpu.RAX] = Integer.toUnsignedLong(r[0]);
        cpu.gpr[Cpu.RBX] = Integer.toUnsignedLong(r[1]);
        cpu.gpr[Cpu.RCX] = Integer.toUnsignedLong(r[2]);
        cpu.gpr[Cpu.RDX] = Integer.toUnsignedLong(r[3]);
    }

    private static void hypervisorLeaf(
            Vcpu vcpu, int leaf, int subleaf, CpuidPolicy policy, int[] r) {
        switch (leaf - BASE) {
            case 0 -> {
                r[0] = LAST;
                r[1] = 0x566e_6558; // "XenV"
                r[2] = 0x6558_4d4d; // "MMXe"
                r[3] = 0x4d4d_566e; // "nVMM"
            }
            case 1 -> r[0] = XenVersionText.MAJOR << 16 | XenVersionText.MINOR;
            case 2 -> {
                r[0] = 1;
                r[1] = BASE;
                r[2] = PRESERVE_AD;
            }
            case 3 -> timeLeaf(subleaf, policy, r);
            case 5 -> {
                if (subleaf == 0) {
                    long bytes = vcpu.domain.memory().frames() << 12;
                    r[1] = Long.SIZE - Long.numberOfLeadingZeros(bytes - 1);
                }
            }
            default -> {}
        }
    }

    private static void timeLeaf(int subleaf, CpuidPolicy policy, int[] r) {
        int kiloHertz = (int) (SystemTime.TSC_HERTZ / 1000);
        switch (subleaf) {
            case 0 -> {
                r[0] = TSC_SAFE | (policy.hasRdtscp() ? HAS_RDTSCP : 0);
                r[2] = kiloHertz;
                r[3] = 1;
            }
            case 1 -> {
                r[2] = SystemTime.TSC_TO_SYSTEM_MUL;
                r[3] = SystemTime.TSC_SHIFT;
            }
            case 2 -> r[0] = kiloHertz;
            default -> {}
        }
    }
}
