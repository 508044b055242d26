package dev.vls.machine.hypercall;

import dev.vls.machine.hypervisor.Domain;
import dev.vls.machine.hypervisor.HypercallCall;
import dev.vls.machine.hypervisor.Vcpu;
import dev.vls.xen.abi.errno.XenErrno;
import dev.vls.xen.abi.xen.ConsoleIo;
import dev.vls.xen.abi.xen.HypercallNumber;

/**
 * console_io: the hypervisor's console, which is the initial domain's alone
 * (drivers/char/console.c).
 */
public final class ConsoleOp implements HypercallFamily {
    private static final int CHUNK = 127;

    private final byte[] chunk = new byte[CHUNK];

    @Override
    public void register(HypercallTable.Builder table) {
        table.add(HypercallNumber.CONSOLE_IO, 3, this::consoleIo);
    }

    private long consoleIo(Vcpu vcpu, HypercallCall call) {
        if (!vcpu.domain.configuration().initialDomain()) {
            return -XenErrno.EPERM;
        }
        return switch (call.intArgument(0)) {
            case ConsoleIo.WRITE -> write(vcpu, call);
            case ConsoleIo.READ -> read(vcpu, call);
            default -> -XenErrno.ENOSYS;
        };
    }

    private long write(Vcpu vcpu, HypercallCall call) {
        while (call.intArgument(1) != 0) {
            long left = Integer.toUnsignedLong(call.intArgument(1));
            int count = (int) Math.min(left, CHUNK);
            if (!vcpu.guest.read(call.argument[2], chunk, 0, count)) {
                return -XenErrno.EFAULT;
            }
            vcpu.domain.hypervisorConsole().write(chunk, 0, count);
            call.argument[1] = left - count;
            call.argument[2] += count;
            if (call.argument[1] != 0 && call.preempt()) {
                return call.continueWith();
            }
        }
        return 0;
    }

    private long read(Vcpu vcpu, HypercallCall call) {
        if (call.intArgument(1) < 0) {
            return -XenErrno.E2BIG;
        }
        Domain domain = vcpu.domain;
        int done = 0;
        while (done < call.intArgument(1)) {
            int count = Math.min(call.intArgument(1) - done, CHUNK);
            count = domain.hypervisorConsole().read(chunk, count);
            if (count == 0) {
                break;
            }
            if (!vcpu.guest.write(call.argument[2] + done, chunk, 0, count)) {
                return -XenErrno.EFAULT;
            }
            done += count;
        }
        return done;
    }
}
