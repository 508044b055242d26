package dev.vls.xen.abi.xen;

import dev.vls.xen.abi.XenMember;
import dev.vls.xen.abi.XenStruct;

/**
 * One request of the {@code mmuext_op} hypercall.
 *
 * <p>Source: {@code public/xen.h}, {@code struct mmuext_op}.
 */
@XenStruct(type = "struct mmuext_op", header = "xen.h")
public final class MmuextOp {
    private MmuextOp() {}

    /** {@code unsigned int}, 4 bytes: {@link MmuExtCommand}. */
    public static final int CMD = 0;

    /** {@code xen_pfn_t}, 8 bytes: MFN operand. */
    @XenMember("arg1.mfn")
    public static final int ARG1_MFN = 8;

    /** {@code unsigned long}, 8 bytes: guest virtual operand. */
    @XenMember("arg1.linear_addr")
    public static final int ARG1_LINEAR_ADDR = 8;

    /** {@code unsigned int}, 4 bytes: LDT entries. */
    @XenMember("arg2.nr_ents")
    public static final int ARG2_NR_ENTS = 16;

    /** {@code XEN_GUEST_HANDLE(const_void)}, 8 bytes: bitmap of vCPUs. */
    @XenMember("arg2.vcpumask")
    public static final int ARG2_VCPUMASK = 16;

    /** {@code xen_pfn_t}, 8 bytes: source of a copy. */
    @XenMember("arg2.src_mfn")
    public static final int ARG2_SRC_MFN = 16;

    /** Size of the whole structure in bytes. */
    public static final int SIZE = 24;
}
