package dev.vls.machine.cpu;

/** Above a vCPU that never runs. */
final class IdleSupervisor implements Supervisor {
    private static IllegalStateException ran() {
        return new IllegalStateException("an idle vCPU ran");
    }

    @Override
    public void syscall(Cpu cpu) {
        throw ran();
    }

    @Override
    public void exception(Cpu cpu, int vector, int errorCode) {
        throw ran();
    }

    @Override
    public void softwareInterrupt(Cpu cpu, int vector, long instructionRip) {
        throw ran();
    }

    @Override
    public void cpuid(Cpu cpu) {
        throw ran();
    }

    @Override
    public long timestampCounter(Cpu cpu) {
        throw ran();
    }

    @Override
    public int timestampAux(Cpu cpu) {
        throw ran();
    }

    @Override
    public long descriptor(Cpu cpu, int selector) {
        throw ran();
    }
}
