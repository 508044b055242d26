package dev.vls.machine.hypercall;

import dev.vls.machine.hypervisor.GuestAccess;
import dev.vls.machine.hypervisor.Vcpu;

/** Checks and copies of arrays that guests pass by address (asm/guest_access.h). */
final class GuestArrays {
    private static final int VCPUS_IN_WORD = 64;

    private GuestArrays() {}

    /** guest_handle_okay: the array starts where guests may and its size does not overflow. */
    static boolean isOkay(long linear, long count, int elementBytes) {
        return Long.compareUnsigned(count, Long.divideUnsigned(-1L, elementBytes)) < 0
                && GuestAccess.isAccessible(linear);
    }

    /** guest_handle_subrange_okay: as {@link #isOkay} for elements first to last. */
    static boolean isRangeOkay(long linear, long first, long last, int elementBytes) {
        return isOkay(linear + first * elementBytes, last - first + 1, elementBytes);
    }

    /**
     * Reads a bitmap of vCPUs as vcpumask_to_pcpumask does. Nothing depends on its content, for
     * TLBs are coherent; that it can be read does.
     */
    static boolean isVcpuMapReadable(Vcpu vcpu, long linear) {
        int vcpus = vcpu.domain.vcpuCount();
        for (int first = 0; first < vcpus; first += VCPUS_IN_WORD) {
            if (!vcpu.guest.read(linear + first / 8, Long.BYTES)) {
                return false;
            }
            int beyond = vcpus - first;
            if (beyond < VCPUS_IN_WORD && vcpu.guest.value() >>> beyond != 0) {
                return true;
            }
        }
        return true;
    }
}
