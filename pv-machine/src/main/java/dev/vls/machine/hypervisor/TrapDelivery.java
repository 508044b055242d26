package dev.vls.machine.hypervisor;

import dev.vls.machine.cpu.Cpu;
import dev.vls.machine.cpu.Flags;
import dev.vls.machine.cpu.Vector;
import dev.vls.machine.memory.MachineMemory;
import dev.vls.machine.memory.PageWalker;
import dev.vls.xen.abi.arch.FlatSelector;
import dev.vls.xen.abi.arch.HypervisorAddress;
import dev.vls.xen.abi.xen.VcpuInfo;
import dev.vls.xen.abi.xen.VmAssistType;

/**
 * The way back into the guest: pending traps, NMIs and events become frames on the guest's kernel
 * stack (arch/x86/x86_64/entry.S, {@code test_all_events} and {@code create_bounce_frame}).
 */
final class TrapDelivery {
    /** Deliver before anything else. */
    static final int EXCEPTION = 1;

    static final int ERROR_CODE = 2;

    /** Mask events. */
    static final int INTERRUPT = 8;

    /** In the flags of a trap table entry: an interrupt gate. */
    private static final int GATE_MASKS_EVENTS = 4;

    private static final int CLEARED_IN_HANDLER =
            Flags.AC | Flags.VM | Flags.RF | Flags.NT | Flags.TF;

    private static final int FRAME_WORDS = 7;

    /** Words of a frame in the order in which Xen stores them, counted from the top: SS is 1. */
    private static final int[] STORE_ORDER = {1, 2, 4, 3, 5, 6, 7, 8};

    private final Domain domain;
    private final GuestReturn guestReturn;
    private final GuestBuffer frame = new GuestBuffer((FRAME_WORDS + 1) * 8);

    TrapDelivery(Domain domain) {
        this.domain = domain;
        this.guestReturn = new GuestReturn(domain, this);
    }

    // --- what is to be delivered ---

    /** {@code pv_inject_hw_exception}: for #PF the fault address goes to CR2 before. */
    void injectException(Vcpu vcpu, int vector, int errorCode) {
        boolean hasErrorCode = Vector.hasErrorCode(vector);
        inject(vcpu, vector, hasErrorCode, errorCode);
    }

    /** {@code pv_inject_page_fault}: tells the guest its own privilege. */
    void injectPageFault(Vcpu vcpu, long linear, int errorCode) {
        vcpu.setCr2(linear);
        int code =
                vcpu.kernelMode
                        ? errorCode & ~PageWalker.ERROR_USER
                        : errorCode | PageWalker.ERROR_USER;
        inject(vcpu, Vector.PF, true, code);
    }

    /** {@code pv_inject_sw_interrupt}. */
    void injectSoftwareInterrupt(Vcpu vcpu, int vector) {
        inject(vcpu, vector, false, 0);
    }

    private void inject(Vcpu vcpu, int vector, boolean hasErrorCode, int errorCode) {
        GuestEvents listener = domain.listener();
        if (listener != null) {
            listener.exception(vcpu, vector, hasErrorCode ? errorCode : GuestEvents.NO_ERROR_CODE);
        }
        aimAtHandler(vcpu, vector, hasErrorCode, errorCode);
        if (vcpu.bounceAddress == 0) {
            CrashReport.unhandled(vcpu, vector, hasErrorCode ? errorCode : -1);
        }
    }

    private static void aimAtHandler(Vcpu vcpu, int vector, boolean hasErrorCode, int errorCode) {
        vcpu.bounceAddress = vcpu.trapAddress[vector];
        vcpu.bounceErrorCode = errorCode;
        vcpu.bounceFlags =
                EXCEPTION
                        | (hasErrorCode ? ERROR_CODE : 0)
                        | ((vcpu.trapFlags[vector] & GATE_MASKS_EVENTS) != 0 ? INTERRUPT : 0);
    }

    /** A system call of user mode: to the guest's entry point, or #UD if it has none. */
    void bounceSystemCall(Vcpu vcpu) {
        Cpu cpu = vcpu.cpu;
        if (vcpu.syscallCallback == 0) {
            cpu.setRip(cpu.rip() - 2);
            // Xen's entry code does this itself, and says nothing if there is no handler.
            aimAtHandler(vcpu, Vector.UD, false, 0);
            return;
        }
        vcpu.bounceAddress = vcpu.syscallCallback;
        vcpu.bounceFlags = vcpu.syscallMasksEvents ? INTERRUPT : 0;
        createBounceFrame(vcpu);
        // The PV ABI has a fixed syscall mask: DF and nothing else.
        cpu.setRflags(cpu.rflags() & ~Flags.DF);
    }

    /** {@code INT 0x80}, whose gate Xen opens to everybody once the guest has a handler. */
    void bounceInt80(Vcpu vcpu) {
        vcpu.bounceAddress = vcpu.trapAddress[0x80];
        vcpu.bounceFlags = (vcpu.trapFlags[0x80] & GATE_MASKS_EVENTS) != 0 ? INTERRUPT : 0;
        createBounceFrame(vcpu);
    }

    // --- delivery ---

    /**
     * {@code test_all_events}: delivers what is due, then leaves the vCPU ready to execute. A vCPU
     * that does not go on (blocked, at its turn's end, domain shut down) keeps what is pending for
     * later.
     */
    void returnToGuest(Vcpu vcpu) {
        do {
            while (goesOn(vcpu) && deliverNext(vcpu)) {
                // Each frame may be interrupted by the next.
            }
        } while (goesOn(vcpu) && !guestReturn.complete(vcpu));
        if (!goesOn(vcpu)) {
            vcpu.cpu.requestExit();
        }
    }

    private boolean goesOn(Vcpu vcpu) {
        return vcpu.runnable() && !vcpu.yielded && !domain.isShutDown();
    }

    /** Delivers the most urgent of what is pending; false if nothing is. */
    private boolean deliverNext(Vcpu vcpu) {
        if ((vcpu.bounceFlags & EXCEPTION) != 0) {
            createBounceFrame(vcpu);
            return true;
        }
        if (vcpu.nmiPending && !vcpu.nmiMasked) {
            vcpu.nmiPending = false;
            injectException(vcpu, Vector.NMI, 0);
            vcpu.bounceFlags &= ~EXCEPTION;
            if (vcpu.bounceAddress != 0) {
                vcpu.nmiMasked = true;
                createBounceFrame(vcpu);
            }
            return true;
        }
        if (vcpu.eventsNeedDelivery()) {
            GuestEvents listener = domain.listener();
            if (listener != null) {
                listener.upcall(vcpu);
            }
            vcpu.bounceAddress = vcpu.eventCallback;
            vcpu.bounceFlags = INTERRUPT;
            createBounceFrame(vcpu);
            return true;
        }
        return false;
    }

    /**
     * Pushes RCX, R11, an error code if there is one, RIP, CS with the saved upcall mask, RFLAGS,
     * RSP and SS on the guest's kernel stack and lets it continue at the handler.
     */
    private void createBounceFrame(Vcpu vcpu) {
        Cpu cpu = vcpu.cpu;
        long stack;
        if (vcpu.kernelMode) {
            stack = cpu.gpr[Cpu.RSP];
            cpu.selector[Cpu.CS] &= ~3;
        } else {
            vcpu.toggleMode();
            stack = vcpu.kernelStackPointer;
        }
        stack &= ~0xFL;
        if (Long.compareUnsigned(stack, HypervisorAddress.HYPERVISOR_VIRT_START) > 0
                && Long.compareUnsigned(stack, HypervisorAddress.HYPERVISOR_VIRT_END + 64) < 0) {
            crash(vcpu, "create_bounce_frame: stack in Xen's address range");
            return;
        }
        int flags = vcpu.bounceFlags;
        int words = (flags & ERROR_CODE) != 0 ? FRAME_WORDS + 1 : FRAME_WORDS;
        fillFrame(vcpu, flags);
        stack -= words * 8L;
        if (!store(vcpu, stack, words)) {
            cpu.selector[Cpu.CS] |= 3;
            crash(vcpu, "create_bounce_frame: fault on the guest's stack");
            return;
        }
        if ((flags & INTERRUPT) != 0) {
            vcpu.setUpcallMask(vcpu.upcallMask() | 1);
        }
        vcpu.returnsBySysret = true;
        vcpu.pendingRflags = Vcpu.NO_RFLAGS;
        cpu.setRflags(cpu.rflags() & ~CLEARED_IN_HANDLER);
        cpu.selector[Cpu.SS] = FlatSelector.KERNEL_SS;
        cpu.gpr[Cpu.RSP] = stack;
        cpu.selector[Cpu.CS] = FlatSelector.KERNEL_CS;
        if (vcpu.bounceAddress == 0) {
            crash(vcpu, "create_bounce_frame: no handler");
            return;
        }
        cpu.setRip(vcpu.bounceAddress);
        vcpu.bounceAddress = 0;
        vcpu.bounceFlags = 0;
    }

    /**
     * Writes the frame; on failure only what Xen, which starts with SS and RSP, has written by
     * then.
     */
    private boolean store(Vcpu vcpu, long stack, int words) {
        GuestAccess guest = vcpu.guest;
        long last = stack + words * 8L - 1;
        long maddr = guest.translate(stack, PageWalker.WRITE);
        if (maddr >= 0 && (stack & MachineMemory.PAGE_MASK) == (last & MachineMemory.PAGE_MASK)) {
            domain.memory().write(maddr, frame.bytes(), 0, words * 8);
            return true;
        }
        if (maddr >= 0 && guest.translate(last, PageWalker.WRITE) >= 0) {
            guest.writeUnchecked(stack, frame.bytes(), 0, words * 8);
            return true;
        }
        for (int fromTop : STORE_ORDER) {
            int offset = (words - fromTop) * 8;
            if (offset >= 0
                    && guest.writeUnchecked(stack + offset, frame.bytes(), offset, 8) != 8) {
                CrashReport.pageWalk(vcpu, stack + offset);
                return false;
            }
        }
        return false;
    }

    private void fillFrame(Vcpu vcpu, int flags) {
        Cpu cpu = vcpu.cpu;
        int mask = savedUpcallMask(vcpu);
        int at = 0;
        frame.setLong(at, cpu.gpr[Cpu.RCX]);
        at += 8;
        frame.setLong(at, cpu.gpr[11]);
        at += 8;
        if ((flags & ERROR_CODE) != 0) {
            frame.setLong(at, Integer.toUnsignedLong(vcpu.bounceErrorCode));
            at += 8;
        }
        frame.setLong(at, cpu.rip());
        at += 8;
        frame.setLong(at, (long) mask << 32 | (cpu.selector[Cpu.CS] & 0xFFFF));
        at += 8;
        frame.setLong(at, guestRflags(vcpu, mask));
        at += 8;
        frame.setLong(at, cpu.gpr[Cpu.RSP]);
        at += 8;
        frame.setLong(at, cpu.selector[Cpu.SS] & 0xFFFF);
    }

    /** The mask byte and the three padding bytes behind it, which Xen's frame carries along. */
    private int savedUpcallMask(Vcpu vcpu) {
        return vcpu.infoMaddr() < 0
                ? 0xFF
                : domain.memory().getInt(vcpu.infoMaddr() + VcpuInfo.EVTCHN_UPCALL_MASK);
    }

    /** RFLAGS as a guest sees them: IF is the upcall mask, IOPL is virtual. */
    private long guestRflags(Vcpu vcpu, int mask) {
        long saved =
                vcpu.pendingRflags != Vcpu.NO_RFLAGS
                        ? vcpu.pendingRflags & 0xFFFF_FFFFL
                        : vcpu.cpu.rflags();
        long rflags = saved & ~(Flags.IF | Flags.IOPL);
        if ((mask & 0xFF) == 0) {
            rflags |= Flags.IF;
        }
        if ((domain.vmAssist >>> VmAssistType.ARCHITECTURAL_IOPL & 1) != 0) {
            rflags |= vcpu.iopl;
        }
        return rflags;
    }

    private void crash(Vcpu vcpu, String where) {
        vcpu.bounceFlags = 0;
        domain.crash(vcpu, "domain_crash_sync called from entry.S: " + where);
    }
}
