package dev.vls.machine.frames;

/** What distinguishes domains in the eyes of memory management. */
interface DomainRules {
    /** Whether L1 entries may carry cache attributes: the domain has devices. */
    boolean allowsCacheAttributes();

    /** VMASST_TYPE_m2p_strict. */
    boolean hidesM2pFromUser();

    /** VMASST_TYPE_writable_pagetables. */
    boolean emulatesTableWrites();
}
