package dev.vls.machine.hypercall;

import dev.vls.machine.hypervisor.Domain;
import dev.vls.machine.hypervisor.GuestAccess;
import dev.vls.machine.hypervisor.GuestBuffer;
import dev.vls.machine.hypervisor.HypercallCall;
import dev.vls.machine.hypervisor.Vcpu;
import dev.vls.xen.abi.errno.XenErrno;
import dev.vls.xen.abi.sched.SchedOp;
import dev.vls.xen.abi.sched.SchedPinOverride;
import dev.vls.xen.abi.sched.SchedPoll;
import dev.vls.xen.abi.sched.SchedRemoteShutdown;
import dev.vls.xen.abi.sched.SchedShutdown;
import dev.vls.xen.abi.sched.SchedWatchdog;
import dev.vls.xen.abi.xen.HypercallNumber;

/** sched_op and its old form (common/sched/core.c, arch/x86/compat.c). */
public final class SchedOps implements HypercallFamily {
    private static final int MAX_POLL_PORTS = 128;
    private static final int PCPUS = 1;

    private final GuestBuffer shutdown = new GuestBuffer(SchedShutdown.SIZE);
    private final GuestBuffer remoteShutdown = new GuestBuffer(SchedRemoteShutdown.SIZE);
    private final GuestBuffer poll = new GuestBuffer(SchedPoll.SIZE);
    private final GuestBuffer watchdog = new GuestBuffer(SchedWatchdog.SIZE);
    private final GuestBuffer pinOverride = new GuestBuffer(SchedPinOverride.SIZE);

    @Override
    public void register(HypercallTable.Builder table) {
        table.add(HypercallNumber.SCHED_OP, 2, this::schedOp, SchedOp::name)
                .add(HypercallNumber.SCHED_OP_COMPAT, 2, this::compat, SchedOp::name);
    }

    private long compat(Vcpu vcpu, HypercallCall call) {
        return switch (call.intArgument(0)) {
            case SchedOp.YIELD -> yieldTurn(vcpu);
            case SchedOp.BLOCK -> block(vcpu);
            case SchedOp.SHUTDOWN -> {
                vcpu.domain.shutdown((int) call.argument[1] & 0xFF);
                yield 0;
            }
            default -> -XenErrno.ENOSYS;
        };
    }

    private long schedOp(Vcpu vcpu, HypercallCall call) {
        long argument = call.argument[1];
        return switch (call.intArgument(0)) {
            case SchedOp.YIELD -> yieldTurn(vcpu);
            case SchedOp.BLOCK -> block(vcpu);
            case SchedOp.SHUTDOWN -> shutdown(vcpu, argument);
            case SchedOp.POLL -> poll(vcpu, argument);
            case SchedOp.REMOTE_SHUTDOWN -> remoteShutdown(vcpu, argument);
            case SchedOp.SHUTDOWN_CODE -> shutdownCode(vcpu, argument);
            case SchedOp.WATCHDOG -> watchdog(vcpu, argument);
            case SchedOp.PIN_OVERRIDE -> pinOverride(vcpu, argument);
            default -> -XenErrno.ENOSYS;
        };
    }

    private static long yieldTurn(Vcpu vcpu) {
        vcpu.yielded = true;
        return 0;
    }

    private static long block(Vcpu vcpu) {
        vcpu.setUpcallMask(0);
        vcpu.blocked = !vcpu.eventsNeedDelivery();
        return 0;
    }

    private long shutdown(Vcpu vcpu, long argument) {
        if (!vcpu.guest.read(argument, shutdown)) {
            return -XenErrno.EFAULT;
        }
        vcpu.domain.shutdown(shutdown.getInt(SchedShutdown.REASON) & 0xFF);
        return 0;
    }

    private long shutdownCode(Vcpu vcpu, long argument) {
        if (!vcpu.guest.read(argument, shutdown)) {
            return -XenErrno.EFAULT;
        }
        vcpu.domain.presetShutdownReason(shutdown.getInt(SchedShutdown.REASON) & 0xFF);
        return 0;
    }

    /**
     * Waits until one of some ports is pending, or an event is to be delivered, or it is too late.
     */
    private long poll(Vcpu vcpu, long argument) {
        if (!vcpu.guest.read(argument, poll)) {
            return -XenErrno.EFAULT;
        }
        int count = poll.getInt(SchedPoll.NR_PORTS);
        long ports = poll.getLong(SchedPoll.PORTS);
        if (Integer.compareUnsigned(count, MAX_POLL_PORTS) > 0) {
            return -XenErrno.EINVAL;
        }
        if (!GuestAccess.isAccessible(ports)) {
            return -XenErrno.EFAULT;
        }
        if (vcpu.eventsNeedDelivery()) {
            return 0;
        }
        int port = 0;
        for (int i = 0; i < count; i++) {
            if (!vcpu.guest.read(ports + 4L * i, 4)) {
                return -XenErrno.EFAULT;
            }
            port = (int) vcpu.guest.value();
            int pending = vcpu.domain.events().poll(port);
            if (pending != 0) {
                return Math.min(pending, 0);
            }
        }
        long timeout = poll.getLong(SchedPoll.TIMEOUT);
        vcpu.blocked = true;
        vcpu.polling = true;
        vcpu.pollPort = count == 1 ? port : 0;
        vcpu.pollDeadline = timeout != 0 ? timeout : Vcpu.NEVER;
        return 0;
    }

    private long remoteShutdown(Vcpu vcpu, long argument) {
        if (!vcpu.guest.read(argument, remoteShutdown)) {
            return -XenErrno.EFAULT;
        }
        Domain domain = vcpu.domain;
        int domid = remoteShutdown.getShort(SchedRemoteShutdown.DOMAIN_ID);
        if (domid != domain.id() && domid != 0) {
            return -XenErrno.ESRCH;
        }
        if (!domain.configuration().initialDomain()) {
            return -XenErrno.EPERM;
        }
        domain.shutdown(remoteShutdown.getInt(SchedRemoteShutdown.REASON) & 0xFF);
        return 0;
    }

    private long watchdog(Vcpu vcpu, long argument) {
        if (!vcpu.guest.read(argument, watchdog)) {
            return -XenErrno.EFAULT;
        }
        int result =
                vcpu.domain
                        .time()
                        .watchdog(
                                watchdog.getInt(SchedWatchdog.ID),
                                watchdog.getInt(SchedWatchdog.TIMEOUT));
        vcpu.cpu.requestExit();
        return result;
    }

    private long pinOverride(Vcpu vcpu, long argument) {
        if (!vcpu.domain.configuration().initialDomain()) {
            return -XenErrno.EPERM;
        }
        if (!vcpu.guest.read(argument, pinOverride)) {
            return -XenErrno.EFAULT;
        }
        int pcpu = pinOverride.getInt(SchedPinOverride.PCPU);
        return pcpu >= PCPUS ? -XenErrno.EINVAL : 0;
    }
}
