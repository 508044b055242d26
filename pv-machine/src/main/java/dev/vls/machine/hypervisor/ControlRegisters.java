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

    private static final long XCR0_X87 = 1;
    private static final long XCR0_SSE = 1 << 1;

    private ControlRegisters() {}

    /** {@code pv_fixup_guest_cr4}: the value that results from the guest's choice. */
    private static long fixCr4(CpuidPolicy policy, long chosen) {
        long allowed =
                CR4_TSD
                        | CR4_DE
                        | (policy.hasFsgsbase() ? CR4_FSGSBASE : 0)
                        | (policy.hasXsave() ? CR4_OSXSAVE : 0);
        return (chosen & allowed) | CR4_VISIBLE;
    }

    /**
     * Sets CR4 to what results from the guest's choice, with what the processor derives from it.
     */
    static void setCr4(Vcpu vcpu, CpuidPolicy policy, long chosen) {
        vcpu.cr4 = fixCr4(policy, chosen);
        vcpu.cpu.fsGsBaseEnabled = (vcpu.cr4 & CR4_FSGSBASE) != 0;
        boolean extendedState = (vcpu.cr4 & CR4_OSXSAVE) != 0;
        if (!extendedState) {
            vcpu.cpu.xcr0 = 0;
        } else if (vcpu.cpu.xcr0 == 0) {
            vcpu.cpu.xcr0 = XCR0_X87;
        }
    }

    /**
     * XSETBV: register 0 alone, x87 state always, nothing that is not implemented.
     *
     * @return whether the value was accepted
     */
    static boolean setXcr(Vcpu vcpu, int register, long value) {
        boolean valid = (value & XCR0_X87) != 0 && (value & ~(XCR0_X87 | XCR0_SSE)) == 0;
        if (register != 0 || !valid) {
            return false;
        }
        vcpu.cpu.xcr0 = value;
        return true;
    }

    /** {@code do_fpu_taskswitch}: sets or clears the guest's CR0.TS. */
    static void setTaskSwitched(Vcpu vcpu, boolean set) {
        vcpu.cr0 = set ? vcpu.cr0 | CR0_TS : vcpu.cr0 & ~CR0_TS;
        vcpu.cpu.taskSwitched = set;
        vcpu.cpu.endBlock();
    }
}
