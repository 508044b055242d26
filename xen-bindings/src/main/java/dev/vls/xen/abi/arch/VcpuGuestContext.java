package dev.vls.xen.abi.arch;

import dev.vls.xen.abi.XenConstant;
import dev.vls.xen.abi.XenMember;
import dev.vls.xen.abi.XenStruct;

/**
 * Whole state of a vCPU: what {@code VCPUOP_initialise} and the tools set and get. Frames in {@code
 * gdt_frames} and in the CR3 values are MFNs.
 *
 * <p>Source: {@code public/arch-x86/xen.h}, {@code struct vcpu_guest_context}.
 */
@XenStruct(type = "struct vcpu_guest_context", header = "arch-x86/xen.h")
public final class VcpuGuestContext {
    private VcpuGuestContext() {}

    /** {@code char [512]}, 512 bytes: FXSAVE image. */
    @XenMember("fpu_ctxt.x")
    public static final int FPU_CTXT = 0;

    /** {@code unsigned long}, 8 bytes: {@link GuestContextFlag}. */
    public static final int FLAGS = 512;

    /** {@code struct cpu_user_regs}, 200 bytes: {@code struct cpu_user_regs}. */
    public static final int USER_REGS = 520;

    /** {@code struct trap_info [256]}, 4096 bytes: virtual IDT, stride {@link TrapInfo#SIZE}. */
    public static final int TRAP_CTXT = 720;

    /** Number of elements of {@code trap_ctxt}. */
    @XenConstant("ARRAY_LENGTH(struct vcpu_guest_context, trap_ctxt)")
    public static final int TRAP_CTXT_LENGTH = 256;

    /** {@code unsigned long}, 8 bytes: guest virtual address. */
    public static final int LDT_BASE = 4816;

    /** {@code unsigned long}, 8 bytes: entries. */
    public static final int LDT_ENTS = 4824;

    /** {@code unsigned long [16]}, 128 bytes: MFNs. */
    public static final int GDT_FRAMES = 4832;

    /** Number of elements of {@code gdt_frames}. */
    @XenConstant("ARRAY_LENGTH(struct vcpu_guest_context, gdt_frames)")
    public static final int GDT_FRAMES_LENGTH = 16;

    /** {@code unsigned long}, 8 bytes: entries. */
    public static final int GDT_ENTS = 4960;

    /** {@code unsigned long}, 8 bytes. */
    public static final int KERNEL_SS = 4968;

    /** {@code unsigned long}, 8 bytes. */
    public static final int KERNEL_SP = 4976;

    /**
     * {@code unsigned long [8]}, 64 bytes: CR0 to CR7; [1] holds the CR3 of user mode, [3] that of
     * kernel mode.
     */
    public static final int CTRLREG = 4984;

    /** Number of elements of {@code ctrlreg}. */
    @XenConstant("ARRAY_LENGTH(struct vcpu_guest_context, ctrlreg)")
    public static final int CTRLREG_LENGTH = 8;

    /** {@code unsigned long [8]}, 64 bytes: DR0 to DR7. */
    public static final int DEBUGREG = 5048;

    /** Number of elements of {@code debugreg}. */
    @XenConstant("ARRAY_LENGTH(struct vcpu_guest_context, debugreg)")
    public static final int DEBUGREG_LENGTH = 8;

    /** {@code unsigned long}, 8 bytes: guest virtual address. */
    public static final int EVENT_CALLBACK_EIP = 5112;

    /** {@code unsigned long}, 8 bytes: guest virtual address. */
    public static final int FAILSAFE_CALLBACK_EIP = 5120;

    /** {@code unsigned long}, 8 bytes: guest virtual address. */
    public static final int SYSCALL_CALLBACK_EIP = 5128;

    /** {@code unsigned long}, 8 bytes: bit per {@code VMASST_TYPE_*}. */
    public static final int VM_ASSIST = 5136;

    /** {@code uint64_t}, 8 bytes. */
    public static final int FS_BASE = 5144;

    /** {@code uint64_t}, 8 bytes. */
    public static final int GS_BASE_KERNEL = 5152;

    /** {@code uint64_t}, 8 bytes. */
    public static final int GS_BASE_USER = 5160;

    /** Size of the whole structure in bytes. */
    public static final int SIZE = 5168;
}
