package dev.vls.machine.hypervisor;

/** What CPUID answers in the processor's own leaves: the features that the machine implements. */
public interface CpuidPolicy {
    /**
     * Answers one leaf outside of the hypervisor's range 0x40000000 to 0x400000ff.
     *
     * @param registers receives EAX, EBX, ECX, EDX
     */
    void query(int leaf, int subleaf, int[] registers);

    /** Whether leaf 0 names Intel: some model-specific registers exist there alone. */
    default boolean isIntel() {
        int[] registers = new int[4];
        query(0, 0, registers);
        return registers[1] == 0x756e_6547; // "Genu"
    }

    /** Whether RDTSCP (leaf 0x80000001, EDX bit 27) is there. */
    default boolean hasRdtscp() {
        int[] registers = new int[4];
        query(0x8000_0001, 0, registers);
        return (registers[3] & 1 << 27) != 0;
    }

    /** Whether FSGSBASE (leaf 7, EBX bit 0) is there. */
    default boolean hasFsgsbase() {
        int[] registers = new int[4];
        query(7, 0, registers);
        return (registers[1] & 1) != 0;
    }

    /** Whether IA32_ARCH_CAPABILITIES (leaf 7, EDX bit 29) is there. */
    default boolean hasArchCapabilities() {
        int[] registers = new int[4];
        query(7, 0, registers);
        return (registers[3] & 1 << 29) != 0;
    }

    /** Whether XSAVE (leaf 1, ECX bit 26) is there. */
    default boolean hasXsave() {
        int[] registers = new int[4];
        query(1, 0, registers);
        return (registers[2] & 1 << 26) != 0;
    }
}
