package dev.vls.machine.cpu;

/**
 * Unwinds an instruction that raised an exception, back to the run loop. One preallocated instance
 * per vCPU, without a stack trace; what happened stands in the {@link Cpu}'s fault fields.
 */
public final class GuestFault extends RuntimeException {
    private static final long serialVersionUID = 1;

    GuestFault() {
        super("guest exception", null, false, false);
    }
}
