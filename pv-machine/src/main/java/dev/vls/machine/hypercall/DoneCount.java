package dev.vls.machine.hypercall;

import dev.vls.machine.hypervisor.Vcpu;

/**
 * The guest's count of requests done, of {@code mmu_update} and {@code mmuext_op}: added to over
 * continuations, written whatever the result.
 */
record DoneCount(Vcpu vcpu, long linear, int before) {
    static DoneCount begin(Vcpu vcpu, long linear, boolean continued) {
        boolean hasBefore = continued && linear != 0 && vcpu.guest.read(linear, Integer.BYTES);
        return new DoneCount(vcpu, linear, hasBefore ? (int) vcpu.guest.value() : 0);
    }

    /** Writes the count, if the guest wants it; that it may fail is the guest's loss. */
    void finish(int requests) {
        if (linear != 0) {
            var _ = vcpu.guest.write(linear, Integer.BYTES, before + requests);
        }
    }
}
