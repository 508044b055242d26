package dev.vls.xen.abi.memory;

import dev.vls.xen.abi.XenMember;
import dev.vls.xen.abi.XenStruct;

/**
 * A packed entry of the maps that {@code XENMEM_memory_map} answers.
 *
 * <p>Source: {@code xen/arch/x86/include/asm/e820.h}, {@code struct e820entry}.
 */
@XenStruct(
        type = "struct e820entry",
        header = "xen/arch/x86/include/asm/e820.h",
        inXenSource = true)
public final class E820Entry {
    private E820Entry() {}

    /** {@code uint64_t}, 8 bytes: machine or pseudo-physical byte address. */
    public static final int ADDR = 0;

    /** {@code uint64_t}, 8 bytes: bytes. */
    @XenMember("size")
    public static final int SIZE_FIELD = 8;

    /** {@code uint32_t}, 4 bytes: {@link E820Type}. */
    public static final int TYPE = 16;

    /** Size of the whole structure in bytes. */
    public static final int SIZE = 20;
}
