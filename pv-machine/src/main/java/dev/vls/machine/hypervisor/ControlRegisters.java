package dev.vls.machine.hypervisor;

/** CR0 and CR4 as a PV guest sees them (arch/x86/pv/domain.c, asm/pv/domain.h). */
final class ControlRegisters {
    static final long CR0_TS = 1 << 3;

    /** What Xen runs with: PG, AM, WP, NE, ET, MP, PE. */
    static final long CR0_FIXED = 0x8005_0033L;

    static final long CR4_TSD = 1 << 2;
    static final long CR4_DE = 1 << 3;
    static final long CR4_FSGSBASE = 1 << 16;
    static final long CR4_OSXSAVE = 1 << 18;

    /** What the guest reads of Xen's own choice: PAE, MCE, OSFXSR, OSXMMEXCPT. */
    private static final long CR4_VISIBLE = 1 << 5 | 1 << 6 | 1 << 9 | 1 << 10;

    private ControlRegisters() {}

    /** {@code pv_fixup_guest_cr4}: the value that results from the guest's choice. */
    static long fixCr4(CpuidPolicy policy, long chosen) {
        long allowed =
                CR4_TSD
                        | CR4_DE
                        | (policy.hasFsgsbase() ? CR4_FSGSBASE : 0)
                        | (policy.hasXsave() ? CR4_OSXSAVE : 0);
        return (chosen & allowed) | CR4_VISIBLE;
    }

    /** {@code do_fpu_taskswitch}: sets or clears the guest's CR0.TS. */
    static void setTaskSwitched(Vcpu vcpu, boolean set) {
        vcpu.cr0 = set ? vcpu.cr0 | CR0_TS : vcpu.cr0 & ~CR0_TS;
        vcpu.cpu.taskSwitched = set;
        vcpu.cpu.endBlock();
    }
}
