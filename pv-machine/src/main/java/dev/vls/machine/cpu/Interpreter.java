package dev.vls.machine.cpu;

/** Runs a vCPU instruction by instruction. */
public final class Interpreter {
    private Interpreter() {}

    /**
     * Runs until {@link Cpu#instructionCount} reaches {@code countLimit} or somebody called {@link
     * Cpu#requestExit()}, whichever is first. Exceptions, SYSCALL and the like go to the {@link
     * Supervisor} and the run goes on behind them.
     */
    public static void run(Cpu cpu, long countLimit) {
        throw new UnsupportedOperationException("replaced below");
    }
}
