package dev.vls.machine.hypervisor;

import dev.vls.machine.cpu.Cpu;
import dev.vls.machine.cpu.Supervisor;
import dev.vls.machine.memory.MachineMemory;

/** Stands above the vCPUs of one domain as Xen does: takes what leaves the instruction set. */
public final class Hypervisor implements Supervisor {
    private final Domain domain;

    private Hypervisor(
            DomainConfiguration configuration,
            MachineMemory memory,
            MemoryManagement memoryManagement,
            HypervisorLog log) {
        this.domain = new Domain(configuration, memory, memoryManagement, log);
    }

    /** A domain with its vCPUs, all offline; the domain builder gives it its first state. */
    public static Hypervisor create(
            DomainConfiguration configuration,
            MachineMemory memory,
            MemoryManagement memoryManagement,
            HypervisorLog log) {
        Hypervisor hypervisor = new Hypervisor(configuration, memory, memoryManagement, log);
        for (int id = 0; id < configuration.vcpus(); id++) {
            hypervisor.domain.addVcpu(new Vcpu(hypervisor.domain, id, hypervisor));
        }
        return hypervisor;
    }

    public Domain domain() {
        return domain;
    }

    @Override
    public void syscall(Cpu cpu) {}

    @Override
    public void exception(Cpu cpu, int vector, int errorCode) {}

    @Override
    public void softwareInterrupt(Cpu cpu, int vector, long instructionRip) {}

    @Override
    public void cpuid(Cpu cpu) {}

    @Override
    public long timestampCounter(Cpu cpu) {
        return 0;
    }

    @Override
    public int timestampAux(Cpu cpu) {
        return 0;
    }

    @Override
    public long descriptor(Cpu cpu, int selector) {
        return domain.memoryManagement().descriptor(domain.vcpu(cpu.id), selector);
    }
}
