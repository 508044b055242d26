package dev.vls.machine.hypercall;

import dev.vls.machine.hypervisor.GuestBuffer;
import dev.vls.machine.hypervisor.HypercallCall;
import dev.vls.machine.hypervisor.Vcpu;
import dev.vls.xen.abi.domctl.DomctlCommand;
import dev.vls.xen.abi.domctl.DomctlVersion;
import dev.vls.xen.abi.domctl.XenDomctl;
import dev.vls.xen.abi.errno.XenErrno;
import dev.vls.xen.abi.platform.XenPlatformOp;
import dev.vls.xen.abi.sysctl.SysctlVersion;
import dev.vls.xen.abi.sysctl.XenSysctl;
import dev.vls.xen.abi.xen.HypercallNumber;

/**
 * Hypercalls of the toolstack and of options that this hypervisor is built without: a domU gets the
 * refusals that Xen has for it, an initial domain ENOSYS where it would have control over others.
 */
public final class PrivilegedOps implements HypercallFamily {
    private static final int XENOPROF_LAST_OP = 17;

    /** init, enable_virq, disable_virq, get_buffer. */
    private static final int XENOPROF_NONPRIVILEGED = 1 | 1 << 8 | 1 << 11 | 1 << 14;

    private static final int DM_OP_BUFFERS_MAX = 3;

    private final GuestBuffer platform = new GuestBuffer(XenPlatformOp.SIZE);
    private final GuestBuffer sysctl = new GuestBuffer(XenSysctl.SIZE);
    private final GuestBuffer domctl = new GuestBuffer(XenDomctl.SIZE);

    @Override
    public void register(HypercallTable.Builder table) {
        table.add(HypercallNumber.PLATFORM_OP, 1, this::platformOp)
                .add(HypercallNumber.SYSCTL, 1, this::sysctl)
                .add(HypercallNumber.DOMCTL, 1, this::domctl)
                .add(HypercallNumber.ARCH_1, 1, this::pagingDomctlContinuation)
                .add(HypercallNumber.XENOPROF_OP, 2, PrivilegedOps::xenoprofOp)
                .add(HypercallNumber.XSM_OP, 1, (vcpu, call) -> -XenErrno.ENOSYS)
                .add(HypercallNumber.KEXEC_OP, 2, PrivilegedOps::forInitialDomain)
                .add(HypercallNumber.XENPMU_OP, 2, (vcpu, call) -> -XenErrno.EOPNOTSUPP)
                .add(HypercallNumber.DM_OP, 3, PrivilegedOps::dmOp)
                .add(HypercallNumber.HYPFS_OP, 5, PrivilegedOps::forInitialDomain)
                .add(HypercallNumber.ARCH_0, 1, PrivilegedOps::forInitialDomain);
    }

    private static long forInitialDomain(Vcpu vcpu, HypercallCall call) {
        return vcpu.domain.configuration().initialDomain() ? -XenErrno.ENOSYS : -XenErrno.EPERM;
    }

    private long platformOp(Vcpu vcpu, HypercallCall call) {
        if (!vcpu.guest.read(call.argument[0], platform)) {
            return -XenErrno.EFAULT;
        }
        return platform.getInt(XenPlatformOp.INTERFACE_VERSION)
                        != XenPlatformOp.INTERFACE_VERSION_VALUE
                ? -XenErrno.EACCES
                : forInitialDomain(vcpu, call);
    }

    private long sysctl(Vcpu vcpu, HypercallCall call) {
        if (!vcpu.guest.read(call.argument[0], sysctl)) {
            return -XenErrno.EFAULT;
        }
        return sysctl.getInt(XenSysctl.INTERFACE_VERSION) != SysctlVersion.INTERFACE_VERSION
                ? -XenErrno.EACCES
                : forInitialDomain(vcpu, call);
    }

    private long domctl(Vcpu vcpu, HypercallCall call) {
        if (!vcpu.guest.read(call.argument[0], domctl)) {
            return -XenErrno.EFAULT;
        }
        if (domctl.getInt(XenDomctl.INTERFACE_VERSION) != DomctlVersion.INTERFACE_VERSION) {
            return -XenErrno.EACCES;
        }
        int domid = domctl.getShort(XenDomctl.DOMAIN);
        boolean exists = domid == 0 || domid == vcpu.domain.id();
        return exists ? forInitialDomain(vcpu, call) : -XenErrno.ESRCH;
    }

    private static long dmOp(Vcpu vcpu, HypercallCall call) {
        int buffers = call.intArgument(1);
        if (Integer.compareUnsigned(buffers, DM_OP_BUFFERS_MAX) > 0) {
            return -XenErrno.E2BIG;
        }
        return buffers == 0 ? -XenErrno.ENODATA : -XenErrno.EPERM;
    }

    /** Xen's own continuation of a shadow domctl (arch/x86/mm/paging.c). */
    private long pagingDomctlContinuation(Vcpu vcpu, HypercallCall call) {
        if (!vcpu.guest.read(call.argument[0], domctl)) {
            return -XenErrno.EFAULT;
        }
        return domctl.getInt(XenDomctl.INTERFACE_VERSION) != DomctlVersion.INTERFACE_VERSION
                        || domctl.getInt(XenDomctl.CMD) != DomctlCommand.SHADOW_OP
                ? -XenErrno.EOPNOTSUPP
                : forInitialDomain(vcpu, call);
    }

    /**
     * No profiling hardware: an operation exists, is for the primary profiler, or finds nothing.
     */
    private static long xenoprofOp(Vcpu vcpu, HypercallCall call) {
        int operation = call.intArgument(0);
        if (operation < 0 || operation > XENOPROF_LAST_OP) {
            return -XenErrno.EINVAL;
        }
        return (XENOPROF_NONPRIVILEGED >>> operation & 1) == 0 ? -XenErrno.EPERM : -XenErrno.ENODEV;
    }
}
