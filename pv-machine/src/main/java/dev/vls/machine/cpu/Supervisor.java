package dev.vls.machine.cpu;

/**
 * Whatever runs above ring 3, as the processor sees it: for a PV guest the hypervisor, for {@code
 * vls cpu run} a flat world. All calls come on the machine's thread, between two instructions:
 * registers, flags ({@link Cpu#rflags()}) and RIP are consistent and may be changed. To end the run
 * after the call, use {@link Cpu#requestExit()}.
 */
public interface Supervisor {
    /**
     * SYSCALL retired: RCX holds the address of the next instruction, R11 the flags; RIP is that
     * address.
     */
    void syscall(Cpu cpu);

    /**
     * An exception. RIP is what the processor would push: the faulting instruction for faults, the
     * next one for traps (#BP, #OF, #DB of single step). For #PF {@link Cpu#faultAddress} is CR2;
     * for #DB {@link Cpu#faultDr6} holds the DR6 bits that became set.
     *
     * @param errorCode what the processor would push, 0 where the vector has none
     */
    void exception(Cpu cpu, int vector, int errorCode);

    /**
     * {@code INT n} (opcode CD; not INT3 and INTO, which are exceptions #BP and #OF with the gate's
     * privilege checked the same way). RIP is the next instruction.
     *
     * @param instructionRip the address of the INT instruction, for the #GP of a forbidden gate
     */
    void softwareInterrupt(Cpu cpu, int vector, long instructionRip);

    /** CPUID: replaces EAX, EBX, ECX, EDX according to EAX and ECX. */
    void cpuid(Cpu cpu);

    /** The value that RDTSC and RDTSCP read. */
    long timestampCounter(Cpu cpu);

    /** IA32_TSC_AUX, what RDTSCP and RDPID put into ECX. */
    int timestampAux(Cpu cpu);

    /**
     * The 8-byte descriptor that a non-null selector names, from the GDT or LDT.
     *
     * @return the descriptor, or 0 if the selector is beyond the table's limit
     */
    long descriptor(Cpu cpu, int selector);
}
