package dev.vls.xen.abi.xen;

import dev.vls.xen.abi.XenStruct;

/**
 * One request of the {@code mmu_update} hypercall. The two low bits of {@code ptr} are the {@link
 * MmuUpdateCommand}.
 *
 * <p>Source: {@code public/xen.h}, {@code struct mmu_update}.
 */
@XenStruct(type = "struct mmu_update", header = "xen.h")
public final class MmuUpdate {
    private MmuUpdate() {}

    /** {@code uint64_t}, 8 bytes: machine byte address of the entry, and the command. */
    public static final int PTR = 0;

    /** {@code uint64_t}, 8 bytes: new contents of the entry, or a PFN for the m2p. */
    public static final int VAL = 8;

    /** Size of the whole structure in bytes. */
    public static final int SIZE = 16;
}
