package dev.vls.machine;

/** Why {@link Machine#run} returned. */
public enum MachineExit {
    /** The domain shut down or crashed: see {@link dev.vls.machine.hypervisor.Domain}. */
    SHUTDOWN,
    /** The limit of steps was reached. */
    STEP_LIMIT,
    /** {@link Machine#requestStop()}. */
    STOPPED,
    /** Every vCPU waits, and nothing will ever come. */
    IDLE_FOREVER
}
