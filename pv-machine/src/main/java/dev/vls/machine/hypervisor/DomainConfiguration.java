package dev.vls.machine.hypervisor;

import dev.vls.xen.abi.xen.DomainId;

/**
 * What is fixed when a domain is created.
 *
 * @param domid the domain's number, 0 for an initial domain
 * @param vcpus number of vCPUs, 1 to {@link #MAX_VCPUS}
 * @param initialDomain whether the domain is built as dom0: it may write to the hypervisor's
 *     console
 * @param stepsPerNanosecondShift how time passes between two CLOCK inputs: one nanosecond for every
 *     {@code 1 << shift} instructions, 0 to {@link #SHIFT_MAX}
 * @param wallClockSeconds seconds since 1970 at system time 0
 * @param handle the domain's 16-byte UUID
 */
public record DomainConfiguration(
        int domid,
        int vcpus,
        boolean initialDomain,
        int stepsPerNanosecondShift,
        long wallClockSeconds,
        GuestHandle handle) {
    /** More than this many vCPUs are refused. */
    public static final int MAX_VCPUS = 128;

    /** Most that a nanosecond's steps are shifted by. */
    public static final int SHIFT_MAX = 16;

    public DomainConfiguration {
        if (vcpus < 1 || vcpus > MAX_VCPUS) {
            throw new IllegalArgumentException("1 to " + MAX_VCPUS + " vCPUs, not " + vcpus);
        }
        if (stepsPerNanosecondShift < 0 || stepsPerNanosecondShift > SHIFT_MAX) {
            throw new IllegalArgumentException(
                    "shift 0 to " + SHIFT_MAX + ", not " + stepsPerNanosecondShift);
        }
    }

    /** The configuration of the domain that takes this one's place; domid 32751 is the last. */
    public DomainConfiguration successor() {
        return new DomainConfiguration(
                domid == DomainId.FIRST_RESERVED - 1 ? 1 : domid + 1,
                vcpus,
                initialDomain,
                stepsPerNanosecondShift,
                wallClockSeconds,
                handle);
    }

    /**
     * An unprivileged domain 1 with a null handle, whose time starts at 1970 and is its step count.
     */
    public static DomainConfiguration unprivileged(int vcpus) {
        return new DomainConfiguration(1, vcpus, false, 0, 0, GuestHandle.NULL);
    }
}
