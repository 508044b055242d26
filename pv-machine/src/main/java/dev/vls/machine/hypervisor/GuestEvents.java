package dev.vls.machine.hypervisor;

/**
 * Is told what passes between guest and hypervisor, for those who look; nothing in the machine
 * depends on it. Called on the machine's thread where it happens: the vCPU's step count, its
 * registers and the system time are those of the event. Implementations look and change nothing,
 * {@link GuestAccess#peek} being the way to guest memory.
 */
public interface GuestEvents {
    /** An exception has none. */
    int NO_ERROR_CODE = -1;

    /** What has expired. */
    enum Timer {
        SINGLESHOT,
        PERIODIC,
        POLL
    }

    /**
     * A hypercall was answered, also one of a multicall, which comes before the multicall itself.
     *
     * @param name of the hypercall and, behind a dot, its sub-operation
     * @param rip behind the guest's SYSCALL
     * @param arguments as the guest gave them
     * @param continued the guest executes it again to go on with it; there is no result yet
     */
    void hypercall(
            Vcpu vcpu, String name, long rip, long[] arguments, boolean continued, long result);

    /**
     * An exception or NMI goes to the guest, or crashes it; RIP is that which the guest is told,
     * CR2 the address of a page fault.
     *
     * @param errorCode {@link #NO_ERROR_CODE} for none
     */
    void exception(Vcpu vcpu, int vector, int errorCode);

    /** The guest's event callback is about to run; RIP is where the vCPU was. */
    void upcall(Vcpu vcpu);

    /** An event was sent to a port of the guest: it may be pending already, or masked. */
    void event(Vcpu vcpu, int port);

    /** A vCPU's timer has expired. */
    void timerExpired(Vcpu vcpu, Timer timer);
}
