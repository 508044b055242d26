package dev.vls.machine.hypercall;

import dev.vls.machine.hypervisor.EventChannels;
import dev.vls.machine.hypervisor.GuestBuffer;
import dev.vls.machine.hypervisor.HypercallCall;
import dev.vls.machine.hypervisor.Vcpu;
import dev.vls.xen.abi.errno.XenErrno;
import dev.vls.xen.abi.event.EventChannelFifo;
import dev.vls.xen.abi.event.EventChannelOp;
import dev.vls.xen.abi.event.EvtchnAllocUnbound;
import dev.vls.xen.abi.event.EvtchnBindInterdomain;
import dev.vls.xen.abi.event.EvtchnBindIpi;
import dev.vls.xen.abi.event.EvtchnBindPirq;
import dev.vls.xen.abi.event.EvtchnBindVcpu;
import dev.vls.xen.abi.event.EvtchnBindVirq;
import dev.vls.xen.abi.event.EvtchnClose;
import dev.vls.xen.abi.event.EvtchnExpandArray;
import dev.vls.xen.abi.event.EvtchnInitControl;
import dev.vls.xen.abi.event.EvtchnOp;
import dev.vls.xen.abi.event.EvtchnReset;
import dev.vls.xen.abi.event.EvtchnSend;
import dev.vls.xen.abi.event.EvtchnSetPriority;
import dev.vls.xen.abi.event.EvtchnStatus;
import dev.vls.xen.abi.event.EvtchnUnmask;
import dev.vls.xen.abi.xen.HypercallNumber;

/** event_channel_op and its old form (common/event_channel.c, arch/x86/compat.c). */
public final class EventChannelOps implements HypercallFamily {
    /** Pirqs of a domain without hardware: the GSIs that Xen counts for everybody. */
    private static final int PIRQS = 256;

    /** EVTCHNOP_reset_cont, Xen's own number for a continuation. */
    private static final int RESET_CONT = 14;

    private final GuestBuffer allocUnbound = new GuestBuffer(EvtchnAllocUnbound.SIZE);
    private final GuestBuffer bindInterdomain = new GuestBuffer(EvtchnBindInterdomain.SIZE);
    private final GuestBuffer bindVirq = new GuestBuffer(EvtchnBindVirq.SIZE);
    private final GuestBuffer bindIpi = new GuestBuffer(EvtchnBindIpi.SIZE);
    private final GuestBuffer bindPirq = new GuestBuffer(EvtchnBindPirq.SIZE);
    private final GuestBuffer close = new GuestBuffer(EvtchnClose.SIZE);
    private final GuestBuffer send = new GuestBuffer(EvtchnSend.SIZE);
    private final GuestBuffer status = new GuestBuffer(EvtchnStatus.SIZE);
    private final GuestBuffer bindVcpu = new GuestBuffer(EvtchnBindVcpu.SIZE);
    private final GuestBuffer unmask = new GuestBuffer(EvtchnUnmask.SIZE);
    private final GuestBuffer reset = new GuestBuffer(EvtchnReset.SIZE);
    private final GuestBuffer initControl = new GuestBuffer(EvtchnInitControl.SIZE);
    private final GuestBuffer expandArray = new GuestBuffer(EvtchnExpandArray.SIZE);
    private final GuestBuffer setPriority = new GuestBuffer(EvtchnSetPriority.SIZE);
    private final GuestBuffer compat = new GuestBuffer(EvtchnOp.SIZE);

    @Override
    public void register(HypercallTable.Builder table) {
        table.add(
                        HypercallNumber.EVENT_CHANNEL_OP,
                        2,
                        (vcpu, call) -> operate(vcpu, call.intArgument(0), call.argument[1]),
                        EventChannelOp::name)
                .add(HypercallNumber.EVENT_CHANNEL_OP_COMPAT, 1, this::compat);
    }

    private long compat(Vcpu vcpu, HypercallCall call) {
        if (!vcpu.guest.read(call.argument[0], compat)) {
            return -XenErrno.EFAULT;
        }
        int command = compat.getInt(EvtchnOp.CMD);
        if (Integer.compareUnsigned(command, EventChannelOp.UNMASK) > 0) {
            return -XenErrno.ENOSYS;
        }
        return operate(vcpu, command, call.argument[0] + EvtchnOp.U);
    }

    private long operate(Vcpu vcpu, int command, long argument) {
        GuestBuffer request = requestOf(command);
        if (request == null) {
            return -XenErrno.ENOSYS;
        }
        if (!vcpu.guest.read(argument, request)) {
            return -XenErrno.EFAULT;
        }
        int result = execute(vcpu.domain.events(), command);
        if (result < 0) {
            return result;
        }
        boolean answers = complete(command, result);
        return answers && !vcpu.guest.write(argument, request) ? -XenErrno.EFAULT : 0;
    }

    private @org.jspecify.annotations.Nullable GuestBuffer requestOf(int command) {
        return switch (command) {
            case EventChannelOp.ALLOC_UNBOUND -> allocUnbound;
            case EventChannelOp.BIND_INTERDOMAIN -> bindInterdomain;
            case EventChannelOp.BIND_VIRQ -> bindVirq;
            case EventChannelOp.BIND_IPI -> bindIpi;
            case EventChannelOp.BIND_PIRQ -> bindPirq;
            case EventChannelOp.CLOSE -> close;
            case EventChannelOp.SEND -> send;
            case EventChannelOp.STATUS -> status;
            case EventChannelOp.BIND_VCPU -> bindVcpu;
            case EventChannelOp.UNMASK -> unmask;
            case EventChannelOp.RESET, RESET_CONT -> reset;
            case EventChannelOp.INIT_CONTROL -> initControl;
            case EventChannelOp.EXPAND_ARRAY -> expandArray;
            case EventChannelOp.SET_PRIORITY -> setPriority;
            default -> null;
        };
    }

    /** Carries out the request that was read; a port, 0, or a negated errno. */
    private int execute(EventChannels events, int command) {
        return switch (command) {
            case EventChannelOp.ALLOC_UNBOUND ->
                    events.allocUnbound(
                            allocUnbound.getShort(EvtchnAllocUnbound.DOM),
                            allocUnbound.getShort(EvtchnAllocUnbound.REMOTE_DOM));
            case EventChannelOp.BIND_INTERDOMAIN ->
                    events.bindInterdomain(
                            bindInterdomain.getShort(EvtchnBindInterdomain.REMOTE_DOM),
                            bindInterdomain.getInt(EvtchnBindInterdomain.REMOTE_PORT));
            case EventChannelOp.BIND_VIRQ ->
                    events.bindVirq(
                            bindVirq.getInt(EvtchnBindVirq.VIRQ),
                            bindVirq.getInt(EvtchnBindVirq.VCPU));
            case EventChannelOp.BIND_IPI -> events.bindIpi(bindIpi.getInt(EvtchnBindIpi.VCPU));
            case EventChannelOp.BIND_PIRQ ->
                    Integer.compareUnsigned(bindPirq.getInt(EvtchnBindPirq.PIRQ), PIRQS) >= 0
                            ? -XenErrno.EINVAL
                            : -XenErrno.EPERM;
            case EventChannelOp.CLOSE -> events.close(close.getInt(EvtchnClose.PORT));
            case EventChannelOp.SEND -> events.send(send.getInt(EvtchnSend.PORT));
            case EventChannelOp.STATUS -> events.status(status);
            case EventChannelOp.BIND_VCPU ->
                    events.bindVcpu(
                            bindVcpu.getInt(EvtchnBindVcpu.PORT),
                            bindVcpu.getInt(EvtchnBindVcpu.VCPU));
            case EventChannelOp.UNMASK -> events.unmask(unmask.getInt(EvtchnUnmask.PORT));
            case EventChannelOp.RESET -> events.reset(reset.getShort(EvtchnReset.DOM));
            case EventChannelOp.INIT_CONTROL ->
                    events.initControl(
                            initControl.getInt(EvtchnInitControl.VCPU),
                            initControl.getLong(EvtchnInitControl.CONTROL_GFN),
                            initControl.getInt(EvtchnInitControl.OFFSET));
            case EventChannelOp.EXPAND_ARRAY ->
                    events.expandArray(expandArray.getLong(EvtchnExpandArray.ARRAY_GFN));
            case EventChannelOp.SET_PRIORITY ->
                    events.setPriority(
                            setPriority.getInt(EvtchnSetPriority.PORT),
                            setPriority.getInt(EvtchnSetPriority.PRIORITY));
            default -> -XenErrno.EBUSY; // No reset is under way that could be continued.
        };
    }

    /** Puts a result into the request; false if the request is not given back to the guest. */
    private boolean complete(int command, int port) {
        switch (command) {
            case EventChannelOp.ALLOC_UNBOUND -> allocUnbound.setInt(EvtchnAllocUnbound.PORT, port);
            case EventChannelOp.BIND_INTERDOMAIN ->
                    bindInterdomain.setInt(EvtchnBindInterdomain.LOCAL_PORT, port);
            case EventChannelOp.BIND_VIRQ -> bindVirq.setInt(EvtchnBindVirq.PORT, port);
            case EventChannelOp.BIND_IPI -> bindIpi.setInt(EvtchnBindIpi.PORT, port);
            case EventChannelOp.INIT_CONTROL ->
                    initControl.setByte(EvtchnInitControl.LINK_BITS, EventChannelFifo.LINK_BITS);
            case EventChannelOp.STATUS -> {}
            default -> {
                return false;
            }
        }
        return true;
    }
}
