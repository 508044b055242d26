package dev.vls.machine.hypervisor;

/** Finds and executes hypercalls by number. */
public interface HypercallDispatcher {
    /**
     * Executes one hypercall of the current vCPU.
     *
     * @return what goes into RAX; meaningless if the call {@linkplain HypercallCall#continueWith
     *     continues}
     */
    long dispatch(Vcpu vcpu, HypercallCall call);
}
