package dev.vls.machine.hypercall;

import dev.vls.machine.cpu.Cpu;
import dev.vls.machine.cpu.Vector;
import dev.vls.machine.hypervisor.GuestBuffer;
import dev.vls.machine.hypervisor.HypercallCall;
import dev.vls.machine.hypervisor.Vcpu;
import dev.vls.xen.abi.arch.ArchSharedInfo;
import dev.vls.xen.abi.arch.FlatSelector;
import dev.vls.xen.abi.arch.TrapInfo;
import dev.vls.xen.abi.callback.CallbackFlag;
import dev.vls.xen.abi.callback.CallbackOp;
import dev.vls.xen.abi.callback.CallbackRegister;
import dev.vls.xen.abi.callback.CallbackType;
import dev.vls.xen.abi.callback.CallbackUnregister;
import dev.vls.xen.abi.callback.NmiOp;
import dev.vls.xen.abi.callback.XennmiCallback;
import dev.vls.xen.abi.errno.XenErrno;
import dev.vls.xen.abi.xen.HypercallNumber;
import dev.vls.xen.abi.xen.SharedInfo;
import java.util.Arrays;

/**
 * Where the guest wants traps, events and system calls: set_trap_table, set_callbacks, callback_op
 * and nmi_op (arch/x86/pv/callback.c).
 */
public final class TrapOp implements HypercallFamily {
    /** TI_SET_IF: the handler runs with events masked. */
    private static final int MASKS_EVENTS = 4;

    private final GuestBuffer trap = new GuestBuffer(TrapInfo.SIZE);
    private final GuestBuffer callback = new GuestBuffer(CallbackRegister.SIZE);
    private final GuestBuffer removal = new GuestBuffer(CallbackUnregister.SIZE);
    private final GuestBuffer nmi = new GuestBuffer(XennmiCallback.SIZE);

    @Override
    public void register(HypercallTable.Builder table) {
        table.add(HypercallNumber.SET_TRAP_TABLE, 1, this::setTrapTable)
                .add(HypercallNumber.SET_CALLBACKS, 3, this::setCallbacks)
                .add(HypercallNumber.CALLBACK_OP, 2, this::callbackOp)
                .add(HypercallNumber.NMI_OP, 2, this::nmiOp);
    }

    private long setTrapTable(Vcpu vcpu, HypercallCall call) {
        if (call.argument[0] == 0) {
            Arrays.fill(vcpu.trapAddress, 0);
            Arrays.fill(vcpu.trapSelector, 0);
            Arrays.fill(vcpu.trapFlags, 0);
            return 0;
        }
        while (true) {
            if (!vcpu.guest.read(call.argument[0], trap)) {
                return -XenErrno.EFAULT;
            }
            long address = trap.getLong(TrapInfo.ADDRESS);
            if (address == 0) {
                return 0;
            }
            if (!Cpu.isCanonical(address)) {
                return -XenErrno.EINVAL;
            }
            setTrap(vcpu, trap, 0);
            call.argument[0] += TrapInfo.SIZE;
            if (call.preempt()) {
                return call.continueWith();
            }
        }
    }

    /** Takes over one {@code trap_info}; its address is checked. */
    static void setTrap(Vcpu vcpu, GuestBuffer from, int offset) {
        setTrap(vcpu, from, offset, from.getByte(offset + TrapInfo.VECTOR));
    }

    /** As {@link #setTrap(Vcpu, GuestBuffer, int)} into a slot given by position. */
    static void setTrap(Vcpu vcpu, GuestBuffer from, int offset, int vector) {
        vcpu.trapFlags[vector] = from.getByte(offset + TrapInfo.FLAGS);
        vcpu.trapSelector[vector] = ringThree(from.getShort(offset + TrapInfo.CS));
        vcpu.trapAddress[vector] = from.getLong(offset + TrapInfo.ADDRESS);
    }

    /** {@code __fixup_guest_selector}: guests run in ring 3 whatever their selectors say. */
    static int ringThree(int selector) {
        return selector | 3;
    }

    // --- callbacks ---

    private long setCallbacks(Vcpu vcpu, HypercallCall call) {
        registerCallback(vcpu, CallbackType.EVENT, 0, call.argument[0]);
        registerCallback(vcpu, CallbackType.FAILSAFE, 0, call.argument[1]);
        registerCallback(vcpu, CallbackType.SYSCALL, 0, call.argument[2]);
        return 0;
    }

    private long callbackOp(Vcpu vcpu, HypercallCall call) {
        return switch (call.intArgument(0)) {
            case CallbackOp.REGISTER ->
                    vcpu.guest.read(call.argument[1], callback)
                            ? registerCallback(
                                    vcpu,
                                    callback.getShort(CallbackRegister.TYPE),
                                    callback.getShort(CallbackRegister.FLAGS),
                                    callback.getLong(CallbackRegister.ADDRESS))
                            : -XenErrno.EFAULT;
            case CallbackOp.UNREGISTER ->
                    vcpu.guest.read(call.argument[1], removal)
                            ? unregisterCallback(vcpu, removal.getShort(CallbackUnregister.TYPE))
                            : -XenErrno.EFAULT;
            default -> -XenErrno.ENOSYS;
        };
    }

    private long registerCallback(Vcpu vcpu, int type, int flags, long address) {
        if (!Cpu.isCanonical(address)) {
            return -XenErrno.EINVAL;
        }
        boolean masks = (flags & CallbackFlag.MASK_EVENTS) != 0;
        switch (type) {
            case CallbackType.EVENT -> vcpu.eventCallback = address;
            case CallbackType.FAILSAFE -> {
                vcpu.failsafeCallback = address;
                vcpu.failsafeMasksEvents = masks;
            }
            case CallbackType.SYSCALL -> {
                vcpu.syscallCallback = address;
                vcpu.syscallMasksEvents = masks;
            }
            case CallbackType.SYSCALL32 -> {
                vcpu.syscall32Callback = address;
                vcpu.syscall32MasksEvents = masks;
            }
            case CallbackType.SYSENTER -> {
                vcpu.sysenterCallback = address;
                vcpu.sysenterMasksEvents = masks;
            }
            case CallbackType.NMI -> {
                return registerNmi(vcpu, address);
            }
            default -> {
                return -XenErrno.ENOSYS;
            }
        }
        return 0;
    }

    private long unregisterCallback(Vcpu vcpu, int type) {
        return switch (type) {
            case CallbackType.EVENT,
                    CallbackType.FAILSAFE,
                    CallbackType.SYSCALL,
                    CallbackType.SYSCALL32,
                    CallbackType.SYSENTER ->
                    -XenErrno.EINVAL;
            case CallbackType.NMI -> unregisterNmi(vcpu);
            default -> -XenErrno.ENOSYS;
        };
    }

    private long nmiOp(Vcpu vcpu, HypercallCall call) {
        return switch (call.intArgument(0)) {
            case NmiOp.REGISTER_CALLBACK ->
                    vcpu.guest.read(call.argument[1], nmi)
                            ? registerNmi(vcpu, nmi.getLong(XennmiCallback.HANDLER_ADDRESS))
                            : -XenErrno.EFAULT;
            case NmiOp.UNREGISTER_CALLBACK -> unregisterNmi(vcpu);
            default -> -XenErrno.ENOSYS;
        };
    }

    private static long registerNmi(Vcpu vcpu, long address) {
        if (!Cpu.isCanonical(address)) {
            return -XenErrno.EINVAL;
        }
        vcpu.trapFlags[Vector.NMI] = MASKS_EVENTS;
        vcpu.trapSelector[Vector.NMI] = FlatSelector.KERNEL_CS;
        vcpu.trapAddress[Vector.NMI] = address;
        long reason =
                vcpu.domain
                        .memory()
                        .getLong(
                                vcpu.domain.sharedInfoMaddr()
                                        + SharedInfo.ARCH
                                        + ArchSharedInfo.NMI_REASON);
        if (vcpu.id == 0 && reason != 0) {
            vcpu.nmiPending = true;
        }
        return 0;
    }

    private static long unregisterNmi(Vcpu vcpu) {
        vcpu.trapFlags[Vector.NMI] = 0;
        vcpu.trapSelector[Vector.NMI] = 0;
        vcpu.trapAddress[Vector.NMI] = 0;
        return 0;
    }
}
