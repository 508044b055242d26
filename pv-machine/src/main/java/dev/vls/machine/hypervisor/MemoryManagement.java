package dev.vls.machine.hypervisor;

/**
 * What the rest of the hypervisor needs of the owner of frames, page types and page tables. All
 * calls come on the machine's thread; errors are negated errno values, success is 0.
 */
public interface MemoryManagement {
    /**
     * A page fault of the guest, before it is delivered: writes to page tables that the hypervisor
     * emulates, faults on descriptor table pages, faults by stale protection.
     *
     * @param errorCode as the processor pushed it
     * @return whether the fault is dealt with: the instruction was emulated (RIP is behind it) or
     *     is to be tried again
     */
    boolean handlePageFault(Vcpu vcpu, long linear, int errorCode);

    /**
     * The 8-byte descriptor that a selector names in the vCPU's GDT (Xen's own entries included) or
     * LDT.
     *
     * @return 0 beyond the table's limit or where the table is not mapped
     */
    long descriptor(Vcpu vcpu, int selector);

    /** Whether the page of the guest's LDT that holds a selector's entry can be used as such. */
    boolean isLdtPageUsable(Vcpu vcpu, int selector);

    /**
     * Makes page tables the vCPU's first ones, as {@code VCPUOP_initialise} does; userMfn 0 for
     * none.
     */
    int installRoots(Vcpu vcpu, long kernelMfn, long userMfn);

    /** Lets go of a vCPU's page tables and descriptor tables; it does not run. */
    void releaseTables(Vcpu vcpu);

    /** A new L4 table for kernel mode, as a write to CR3 and MMUEXT_NEW_BASEPTR set it. */
    int newKernelRoot(Vcpu vcpu, long mfn);

    /** As {@code set_gdt}: the frames of the guest's part of the GDT. */
    int setGdt(Vcpu vcpu, long[] mfns, int entries);

    /** As MMUEXT_SET_LDT. */
    int setLdt(Vcpu vcpu, long baseLinear, int entries);

    /** The m2p entry of a frame: where the guest has it, or INVALID_M2P_ENTRY (all ones). */
    long pfnOfMfn(long mfn);

    /**
     * Takes a reference and the type "writable" on a frame of the domain for the hypervisor's use.
     */
    boolean getWritablePage(long mfn);

    void putWritablePage(long mfn);
}
