package dev.vls.machine.hypercall;

import dev.vls.machine.hypervisor.HypercallCall;
import dev.vls.machine.hypervisor.Vcpu;

/** One hypercall: a method of a family. */
@FunctionalInterface
public interface HypercallHandler {
    /**
     * Executes the call for the current vCPU.
     *
     * @return what goes into RAX: a result, or a negated errno
     */
    long handle(Vcpu vcpu, HypercallCall call);
}
