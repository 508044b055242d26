package dev.vls.machine.xenstore;

import dev.vls.xen.abi.errno.XenErrno;

/**
 * A request that the store refuses: carries the errno to the place that answers it. Never leaves
 * the package. One preallocated object each, without stack trace.
 */
// A refusal is a way out of nested calls and not a failure: it holds no stack trace to go stale.
@SuppressWarnings("StaticAssignmentOfThrowable")
final class StoreRefusal extends RuntimeException {
    private static final long serialVersionUID = 1;

    static final StoreRefusal EPERM = new StoreRefusal(XenErrno.EPERM);
    static final StoreRefusal ENOENT = new StoreRefusal(XenErrno.ENOENT);
    static final StoreRefusal EIO = new StoreRefusal(XenErrno.EIO);
    static final StoreRefusal E2BIG = new StoreRefusal(XenErrno.E2BIG);
    static final StoreRefusal EAGAIN = new StoreRefusal(XenErrno.EAGAIN);
    static final StoreRefusal ENOMEM = new StoreRefusal(XenErrno.ENOMEM);
    static final StoreRefusal EACCES = new StoreRefusal(XenErrno.EACCES);
    static final StoreRefusal EBUSY = new StoreRefusal(XenErrno.EBUSY);
    static final StoreRefusal EEXIST = new StoreRefusal(XenErrno.EEXIST);
    static final StoreRefusal EINVAL = new StoreRefusal(XenErrno.EINVAL);
    static final StoreRefusal ENOSPC = new StoreRefusal(XenErrno.ENOSPC);
    static final StoreRefusal ENOSYS = new StoreRefusal(XenErrno.ENOSYS);

    /** A {@link XenErrno} value. */
    final int errno;

    private StoreRefusal(int errno) {
        super(XenErrno.name(errno), null, false, false);
        this.errno = errno;
    }

    /** What goes over the wire, such as {@code EACCES}. */
    String wireName() {
        return XenErrno.name(errno);
    }
}
