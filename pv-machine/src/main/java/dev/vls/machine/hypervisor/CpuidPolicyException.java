package dev.vls.machine.hypervisor;

/** A CPUID policy that cannot be used. The message says which, where, and what to do. */
public final class CpuidPolicyException extends RuntimeException {
    private static final long serialVersionUID = 1;

    public CpuidPolicyException(String message) {
        super(message);
    }
}
