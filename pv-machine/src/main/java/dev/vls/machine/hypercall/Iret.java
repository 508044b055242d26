package dev.vls.machine.hypercall;

import dev.vls.machine.cpu.Cpu;
import dev.vls.machine.cpu.Flags;
import dev.vls.machine.hypervisor.GuestBuffer;
import dev.vls.machine.hypervisor.HypercallCall;
import dev.vls.machine.hypervisor.Vcpu;
import dev.vls.xen.abi.arch.GuestContextFlag;
import dev.vls.xen.abi.arch.IretContext;
import dev.vls.xen.abi.xen.HypercallNumber;
import dev.vls.xen.abi.xen.VmAssistType;

/** The return from a trap, to kernel or user mode (arch/x86/pv/iret.c). */
public final class Iret implements HypercallFamily {
    private static final int RING_MASK = 3;

    private final GuestBuffer context = new GuestBuffer(IretContext.SIZE);

    @Override
    public void register(HypercallTable.Builder table) {
        table.add(HypercallNumber.IRET, 0, this::iret);
    }

    private long iret(Vcpu vcpu, HypercallCall call) {
        Cpu cpu = vcpu.cpu;
        if (!vcpu.guest.read(cpu.gpr[Cpu.RSP], context)) {
            return crash(vcpu, "Fault while reading IRET context from guest stack");
        }
        long cs = context.getLong(IretContext.CS);
        if ((cs & RING_MASK) == RING_MASK) {
            if (vcpu.guestTableUserMfn == 0) {
                return crash(vcpu, "Guest switching to user mode with no user page tables");
            }
            vcpu.toggleMode();
        }
        long rflags = context.getLong(IretContext.RFLAGS);
        if ((vcpu.domain.vmAssist >>> VmAssistType.ARCHITECTURAL_IOPL & 1) != 0) {
            vcpu.iopl = (int) rflags & Flags.IOPL;
        }
        cpu.setRip(context.getLong(IretContext.RIP));
        cpu.selector[Cpu.CS] = (int) (cs | RING_MASK) & 0xFFFF;
        long loaded = ((rflags & ~(Flags.IOPL | Flags.VM)) | Flags.IF) & Long.MAX_VALUE;
        cpu.setRflags(loaded);
        cpu.gpr[Cpu.RSP] = context.getLong(IretContext.RSP);
        cpu.selector[Cpu.SS] = (int) (context.getLong(IretContext.SS) | RING_MASK) & 0xFFFF;
        boolean bySysret = (context.getLong(IretContext.FLAGS) & GuestContextFlag.IN_SYSCALL) != 0;
        if (!bySysret) {
            cpu.gpr[11] = context.getLong(IretContext.R11);
            cpu.gpr[Cpu.RCX] = context.getLong(IretContext.RCX);
        }
        vcpu.returnAsIret(bySysret, loaded);
        vcpu.setUpcallMask((rflags & Flags.IF) != 0 ? 0 : 1);
        vcpu.nmiMasked = false;
        return context.getLong(IretContext.RAX);
    }

    private static long crash(Vcpu vcpu, String reason) {
        vcpu.domain.log().line("d%dv%d %s".formatted(vcpu.domain.id(), vcpu.id, reason));
        vcpu.domain.crash(vcpu, "domain_crash called from arch/x86/pv/iret.c");
        return 0;
    }
}
