package dev.vls.machine.cpu;

/**
 * Takes over stores to pages that are mapped read-only where the supervisor emulates them: for Xen,
 * page tables. Asked only after the page walk refused a write to a present page. Runs on the
 * machine's thread, in the middle of an instruction; must not change registers.
 */
public interface ProtectedStores {
    /**
     * Whether a store may be taken over, before anything of the instruction is done.
     *
     * @param size bytes, within one page
     */
    boolean accepts(Cpu cpu, long linear, int size);

    /**
     * Does a store that was accepted.
     *
     * @param value the low {@code size} bytes count
     * @return false if the value is refused: the instruction faults and nothing has changed
     */
    boolean store(Cpu cpu, long linear, int size, long value);
}
