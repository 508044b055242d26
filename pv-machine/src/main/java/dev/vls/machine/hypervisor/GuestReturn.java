package dev.vls.machine.hypervisor;

import dev.vls.machine.cpu.Cpu;
import dev.vls.machine.cpu.Flags;
import dev.vls.machine.cpu.Vector;
import dev.vls.xen.abi.arch.FlatSelector;
import dev.vls.xen.abi.xen.VmAssistType;

/**
 * The last steps into the guest: what SYSRET and IRET load (entry.S, {@code restore_all_guest}) and
 * the checks that IRET makes; segment registers that a new vCPU brings (arch/x86/domain.c, {@code
 * load_segments}).
 */
final class GuestReturn {
    private static final int[] DATA_SEGMENTS = {Cpu.FS, Cpu.GS, Cpu.DS, Cpu.ES};
    private static final int FAILSAFE_WORDS = 11;

    private final Domain domain;
    private final TrapDelivery traps;
    private final GuestBuffer frame = new GuestBuffer(FAILSAFE_WORDS * 8);

    GuestReturn(Domain domain, TrapDelivery traps) {
        this.domain = domain;
        this.traps = traps;
    }

    /** Makes the vCPU ready to execute; false if a fault on the way is to be delivered first. */
    boolean complete(Vcpu vcpu) {
        Cpu cpu = vcpu.cpu;
        if (vcpu.segmentsUnloaded) {
            vcpu.segmentsUnloaded = false;
            if (!loadSegments(vcpu)) {
                failsafe(vcpu);
                return false;
            }
        }
        long saved = vcpu.pendingRflags != Vcpu.NO_RFLAGS ? vcpu.pendingRflags : cpu.rflags();
        long flags = (saved & ~(Flags.IOPL | Flags.VM)) | Flags.IF;
        if (vcpu.returnsBySysret) {
            vcpu.returnsBySysret = false;
            cpu.gpr[11] = flags;
            cpu.gpr[Cpu.RCX] = cpu.rip();
            if (Cpu.isCanonical(cpu.rip())
                    && (cpu.selector[Cpu.CS] & 0xFFFF) != FlatSelector.USER_CS32) {
                cpu.setRflags(flags & ~Flags.RF);
                cpu.selector[Cpu.CS] = FlatSelector.USER_CS64;
                cpu.selector[Cpu.SS] = FlatSelector.USER_SS64;
                vcpu.returnUnchecked = false;
                vcpu.pendingRflags = Vcpu.NO_RFLAGS;
                return true;
            }
            vcpu.returnUnchecked = true;
        }
        if (vcpu.returnUnchecked) {
            vcpu.returnUnchecked = false;
            if (!checkIret(vcpu)) {
                return false;
            }
        }
        vcpu.pendingRflags = Vcpu.NO_RFLAGS;
        cpu.setRflags(flags);
        return true;
    }

    /**
     * The checks of IRET to 64-bit ring 3 (SDM vol. 2, IRET). 32-bit code is not executed by this
     * machine: its selector faults as one that is no code segment.
     */
    private boolean checkIret(Vcpu vcpu) {
        Cpu cpu = vcpu.cpu;
        int cs = cpu.selector[Cpu.CS] & 0xFFFF;
        int ss = cpu.selector[Cpu.SS] & 0xFFFF;
        if ((cs & ~3) == 0) {
            return fault(vcpu, Vector.GP, 0);
        }
        long code = descriptor(vcpu, cs);
        if (!SegmentDescriptor.isUserCode64(code)) {
            return fault(vcpu, Vector.GP, cs & ~3);
        }
        if (!SegmentDescriptor.isPresent(code)) {
            return fault(vcpu, Vector.NP, cs & ~3);
        }
        if ((ss & ~3) == 0) {
            return fault(vcpu, Vector.GP, 0);
        }
        long stack = descriptor(vcpu, ss);
        if (!SegmentDescriptor.isUserStack(stack)) {
            return fault(vcpu, Vector.GP, ss & ~3);
        }
        if (!SegmentDescriptor.isPresent(stack)) {
            return fault(vcpu, Vector.SS, ss & ~3);
        }
        return Cpu.isCanonical(cpu.rip()) || fault(vcpu, Vector.GP, 0);
    }

    private boolean fault(Vcpu vcpu, int vector, int errorCode) {
        traps.injectException(vcpu, vector, errorCode);
        return false;
    }

    private long descriptor(Vcpu vcpu, int selector) {
        return domain.memoryManagement().descriptor(vcpu, selector);
    }

    /** Loads DS, ES, FS and GS, keeping the bases of FS and GS; false if one was not loadable. */
    private boolean loadSegments(Vcpu vcpu) {
        boolean loaded = true;
        for (int segment : DATA_SEGMENTS) {
            int selector = vcpu.cpu.selector[segment] & 0xFFFF;
            if (domain.segmentBase(vcpu, selector) < 0) {
                loaded = false;
                vcpu.unloadableSelector[segment] = selector;
                vcpu.cpu.selector[segment] = 0;
            } else {
                vcpu.unloadableSelector[segment] = selector;
            }
        }
        return loaded;
    }

    /** The failsafe callback's frame: RCX, R11, DS, ES, FS, GS, then as for any trap. */
    private void failsafe(Vcpu vcpu) {
        Cpu cpu = vcpu.cpu;
        long stack = (vcpu.kernelMode ? cpu.gpr[Cpu.RSP] : vcpu.kernelStackPointer) & ~0xFL;
        long rflags = cpu.rflags() & ~(Flags.IF | Flags.IOPL);
        rflags |= vcpu.upcallMask() == 0 ? Flags.IF : 0;
        if ((domain.vmAssist >>> VmAssistType.ARCHITECTURAL_IOPL & 1) != 0) {
            rflags |= vcpu.iopl;
        }
        if (vcpu.kernelMode) {
            cpu.selector[Cpu.CS] &= ~3;
        } else {
            vcpu.toggleMode();
        }
        frame.setLong(0, cpu.gpr[Cpu.RCX]);
        frame.setLong(8, cpu.gpr[11]);
        frame.setLong(16, vcpu.unloadableSelector[Cpu.DS]);
        frame.setLong(24, vcpu.unloadableSelector[Cpu.ES]);
        frame.setLong(32, vcpu.unloadableSelector[Cpu.FS]);
        frame.setLong(40, vcpu.unloadableSelector[Cpu.GS]);
        frame.setLong(48, cpu.rip());
        frame.setLong(56, (long) vcpu.upcallMask() << 32 | (cpu.selector[Cpu.CS] & 0xFFFF));
        frame.setLong(64, rflags);
        frame.setLong(72, cpu.gpr[Cpu.RSP]);
        frame.setLong(80, cpu.selector[Cpu.SS] & 0xFFFF);
        stack -= FAILSAFE_WORDS * 8;
        if (!vcpu.guest.write(stack, frame)) {
            domain.log().line("error while creating failsafe callback frame");
            domain.crash(vcpu, "domain_crash called from arch/x86/domain.c");
            return;
        }
        if (vcpu.failsafeMasksEvents) {
            vcpu.setUpcallMask(1);
        }
        vcpu.returnsBySysret = true;
        cpu.setRflags(
                cpu.rflags()
                        & ~(Flags.AC | Flags.VM | Flags.RF | Flags.NT | Flags.IOPL | Flags.TF));
        cpu.selector[Cpu.SS] = FlatSelector.KERNEL_SS;
        cpu.gpr[Cpu.RSP] = stack;
        cpu.selector[Cpu.CS] = FlatSelector.KERNEL_CS;
        cpu.setRip(vcpu.failsafeCallback);
    }
}
