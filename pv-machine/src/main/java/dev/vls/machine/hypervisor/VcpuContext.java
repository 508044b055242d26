package dev.vls.machine.hypervisor;

import static dev.vls.machine.memory.MachineMemory.PAGE_MASK;
import static dev.vls.machine.memory.MachineMemory.PAGE_SHIFT;

import dev.vls.machine.cpu.Cpu;
import dev.vls.machine.cpu.Flags;
import dev.vls.machine.cpu.sse.FxsaveImage;
import dev.vls.xen.abi.arch.CpuUserRegs;
import dev.vls.xen.abi.arch.GuestContextFlag;
import dev.vls.xen.abi.arch.TrapInfo;
import dev.vls.xen.abi.arch.VcpuGuestContext;
import dev.vls.xen.abi.errno.XenErrno;
import dev.vls.xen.abi.xen.VmAssistType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Gives a vCPU its first state from a {@code vcpu_guest_context} (arch/x86/domain.c, {@code
 * arch_set_info_guest}).
 */
public final class VcpuContext {
    private static final int GDT_ENTRIES_PER_FRAME = 512;
    private static final int LDT_ENTRIES_MAX = 8192;

    /** Assists that a 64-bit PV guest has: the valid mask of arch/x86. */
    private static final long VM_ASSISTS =
            1L << VmAssistType.FOUR_GB_SEGMENTS
                    | 1L << VmAssistType.FOUR_GB_SEGMENTS_NOTIFY
                    | 1L << VmAssistType.WRITABLE_PAGETABLES
                    | 1L << VmAssistType.PAE_EXTENDED_CR3
                    | 1L << VmAssistType.ARCHITECTURAL_IOPL
                    | 1L << VmAssistType.RUNSTATE_UPDATE_FLAG
                    | 1L << VmAssistType.M2P_STRICT;

    /** Places in {@link CpuUserRegs} of RAX to R15 by number. */
    private static final int[] REGISTERS = {
        CpuUserRegs.RAX, CpuUserRegs.RCX, CpuUserRegs.RDX, CpuUserRegs.RBX,
        CpuUserRegs.RSP, CpuUserRegs.RBP, CpuUserRegs.RSI, CpuUserRegs.RDI,
        CpuUserRegs.R8, CpuUserRegs.R9, CpuUserRegs.R10, CpuUserRegs.R11,
        CpuUserRegs.R12, CpuUserRegs.R13, CpuUserRegs.R14, CpuUserRegs.R15
    };

    private static final int[] CANONICAL_FIELDS = {
        VcpuGuestContext.USER_REGS + CpuUserRegs.RIP,
        VcpuGuestContext.USER_REGS + CpuUserRegs.RSP,
        VcpuGuestContext.KERNEL_SP,
        VcpuGuestContext.FS_BASE,
        VcpuGuestContext.GS_BASE_KERNEL,
        VcpuGuestContext.GS_BASE_USER,
        VcpuGuestContext.EVENT_CALLBACK_EIP,
        VcpuGuestContext.SYSCALL_CALLBACK_EIP,
        VcpuGuestContext.FAILSAFE_CALLBACK_EIP
    };

    private VcpuContext() {}

    /**
     * Loads a context into a vCPU that has none yet.
     *
     * @return 0, or a negated errno; the vCPU is then still uninitialised
     */
    public static int load(Vcpu vcpu, GuestBuffer context) {
        int error = validate(vcpu, context);
        if (error != 0) {
            return error;
        }
        error = installTables(vcpu, context);
        if (error != 0) {
            return error;
        }
        boolean inKernel = (flags(context) & GuestContextFlag.IN_KERNEL) != 0;
        loadRegisters(vcpu, context);
        loadFpu(vcpu.cpu, context);
        loadTraps(vcpu, context);
        loadBases(vcpu, context, inKernel);
        loadControl(vcpu, context);
        if (vcpu.kernelMode != inKernel) {
            vcpu.kernelMode = inKernel;
            vcpu.cpu.setMode(inKernel ? 0 : 1);
        }
        if (vcpu.id == 0) {
            vcpu.domain.vmAssist = context.getLong(VcpuGuestContext.VM_ASSIST);
            vcpu.domain.time().updateWallClock();
        }
        vcpu.initialised = true;
        vcpu.online = (flags(context) & GuestContextFlag.ONLINE) != 0;
        RunStates.change(vcpu, RunStates.idleState(vcpu));
        vcpu.domain.time().updateVcpu(vcpu);
        return 0;
    }

    private static int flags(GuestBuffer context) {
        return context.getInt(VcpuGuestContext.FLAGS);
    }

    private static int validate(Vcpu vcpu, GuestBuffer context) {
        for (int field : CANONICAL_FIELDS) {
            if (!Cpu.isCanonical(context.getLong(field))) {
                return -XenErrno.EINVAL;
            }
        }
        for (int i = 0; i < VcpuGuestContext.TRAP_CTXT_LENGTH; i++) {
            if (!Cpu.isCanonical(context.getLong(trap(i) + TrapInfo.ADDRESS))) {
                return -XenErrno.EINVAL;
            }
        }
        long ldtBase = context.getLong(VcpuGuestContext.LDT_BASE);
        long ldtEntries = context.getLong(VcpuGuestContext.LDT_ENTS);
        long gdtEntries = context.getLong(VcpuGuestContext.GDT_ENTS);
        boolean unacceptable =
                !GuestAccess.isAccessible(ldtBase)
                        || (ldtBase & ~PAGE_MASK) != 0
                        || Long.compareUnsigned(ldtEntries, LDT_ENTRIES_MAX) > 0
                        || (vcpu.id == 0
                                && (context.getLong(VcpuGuestContext.VM_ASSIST) & ~VM_ASSISTS) != 0)
                        || Long.compareUnsigned(gdtEntries, Vcpu.GDT_FRAMES * GDT_ENTRIES_PER_FRAME)
                                > 0
                        || ((flags(context) & GuestContextFlag.IN_KERNEL) == 0
                                && controlRegister(context, 1) == 0);
        return unacceptable ? -XenErrno.EINVAL : 0;
    }

    private static int trap(int vector) {
        return VcpuGuestContext.TRAP_CTXT + vector * TrapInfo.SIZE;
    }

    private static long controlRegister(GuestBuffer context, int number) {
        return context.getLong(VcpuGuestContext.CTRLREG + 8 * number);
    }

    private static int installTables(Vcpu vcpu, GuestBuffer context) {
        MemoryManagement management = vcpu.domain.memoryManagement();
        int gdtEntries = (int) context.getLong(VcpuGuestContext.GDT_ENTS);
        long[] frames = new long[(gdtEntries + GDT_ENTRIES_PER_FRAME - 1) / GDT_ENTRIES_PER_FRAME];
        for (int i = 0; i < frames.length; i++) {
            frames[i] = context.getLong(VcpuGuestContext.GDT_FRAMES + 8 * i);
        }
        int error = management.setGdt(vcpu, frames, gdtEntries);
        if (error != 0) {
            return error;
        }
        error =
                management.installRoots(
                        vcpu,
                        controlRegister(context, 3) >>> PAGE_SHIFT,
                        controlRegister(context, 1) >>> PAGE_SHIFT);
        if (error != 0) {
            management.setGdt(vcpu, new long[0], 0);
            return error;
        }
        int ldtEntries = (int) context.getLong(VcpuGuestContext.LDT_ENTS);
        return management.setLdt(
                vcpu, ldtEntries != 0 ? context.getLong(VcpuGuestContext.LDT_BASE) : 0, ldtEntries);
    }

    private static void loadRegisters(Vcpu vcpu, GuestBuffer context) {
        Cpu cpu = vcpu.cpu;
        int base = VcpuGuestContext.USER_REGS;
        for (int i = 0; i < REGISTERS.length; i++) {
            cpu.gpr[i] = context.getLong(base + REGISTERS[i]);
        }
        cpu.setRip(context.getLong(base + CpuUserRegs.RIP));
        long rflags = context.getLong(base + CpuUserRegs.RFLAGS);
        vcpu.iopl = (int) rflags & Flags.IOPL;
        cpu.setRflags((rflags & ~(Flags.IOPL | Flags.VM)) | Flags.IF);
        cpu.selector[Cpu.CS] = context.getShort(base + CpuUserRegs.CS) | 3;
        cpu.selector[Cpu.SS] = context.getShort(base + CpuUserRegs.SS) | 3;
        cpu.selector[Cpu.DS] = context.getShort(base + CpuUserRegs.DS);
        cpu.selector[Cpu.ES] = context.getShort(base + CpuUserRegs.ES);
        cpu.selector[Cpu.FS] = context.getShort(base + CpuUserRegs.FS);
        cpu.selector[Cpu.GS] = context.getShort(base + CpuUserRegs.GS);
        vcpu.returnsBySysret = false;
        vcpu.returnUnchecked = true;
        vcpu.segmentsUnloaded = true;
        vcpu.kernelStackSelector = ((int) context.getLong(VcpuGuestContext.KERNEL_SS) & 0xFFFF) | 3;
        vcpu.kernelStackPointer = context.getLong(VcpuGuestContext.KERNEL_SP);
    }

    /**
     * {@code vcpu_setup_fpu}: the image if there is a good one, else the processor's first state.
     */
    private static void loadFpu(Cpu cpu, GuestBuffer context) {
        ByteBuffer bytes = ByteBuffer.wrap(context.bytes()).order(ByteOrder.LITTLE_ENDIAN);
        boolean valid = (flags(context) & GuestContextFlag.I387_VALID) != 0;
        if (!valid || !FxsaveImage.load(cpu, bytes, VcpuGuestContext.FPU_CTXT)) {
            FxsaveImage.reset(cpu);
        }
    }

    private static void loadTraps(Vcpu vcpu, GuestBuffer context) {
        for (int i = 0; i < VcpuGuestContext.TRAP_CTXT_LENGTH; i++) {
            vcpu.trapFlags[i] = context.getByte(trap(i) + TrapInfo.FLAGS);
            vcpu.trapSelector[i] = context.getShort(trap(i) + TrapInfo.CS) | 3;
            vcpu.trapAddress[i] = context.getLong(trap(i) + TrapInfo.ADDRESS);
        }
        int flags = flags(context);
        vcpu.eventCallback = context.getLong(VcpuGuestContext.EVENT_CALLBACK_EIP);
        vcpu.failsafeCallback = context.getLong(VcpuGuestContext.FAILSAFE_CALLBACK_EIP);
        vcpu.syscallCallback = context.getLong(VcpuGuestContext.SYSCALL_CALLBACK_EIP);
        vcpu.failsafeMasksEvents = (flags & GuestContextFlag.FAILSAFE_DISABLES_EVENTS) != 0;
        vcpu.syscallMasksEvents = (flags & GuestContextFlag.SYSCALL_DISABLES_EVENTS) != 0;
    }

    private static void loadBases(Vcpu vcpu, GuestBuffer context, boolean inKernel) {
        long kernel = context.getLong(VcpuGuestContext.GS_BASE_KERNEL);
        long user = context.getLong(VcpuGuestContext.GS_BASE_USER);
        vcpu.cpu.segmentBase[Cpu.FS] = context.getLong(VcpuGuestContext.FS_BASE);
        vcpu.cpu.segmentBase[Cpu.GS] = inKernel ? kernel : user;
        vcpu.inactiveGsBase = inKernel ? user : kernel;
    }

    private static void loadControl(Vcpu vcpu, GuestBuffer context) {
        vcpu.setTaskSwitched((controlRegister(context, 0) & ControlRegisters.CR0_TS) != 0);
        vcpu.cr2 = controlRegister(context, 2);
        ControlRegisters.setCr4(vcpu, vcpu.domain.cpuidPolicy(), controlRegister(context, 4));
        for (int register = 0; register < VcpuGuestContext.DEBUGREG_LENGTH; register++) {
            if (register < 4 || register > 5) {
                // What is not acceptable leaves the register as it was, as in Xen.
                DebugState.write(
                        vcpu, register, context.getLong(VcpuGuestContext.DEBUGREG + 8 * register));
            }
        }
    }
}
