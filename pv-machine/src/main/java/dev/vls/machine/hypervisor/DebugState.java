package dev.vls.machine.hypervisor;

import dev.vls.machine.cpu.Cpu;
import dev.vls.xen.abi.errno.XenErrno;

/**
 * The debug registers of a PV guest: {@code set_debugreg} and {@code x86emul_read_dr}
 * (arch/x86/pv/misc-hypercalls.c, arch/x86/x86_emulate.c).
 */
public final class DebugState {
    static final long STATUS_DEFAULT = 0xffff_0ff0L;
    static final long CONTROL_DEFAULT = 0x400;
    private static final long STATUS_RESERVED_ZERO = ~0xffff_efffL;
    private static final long CONTROL_RESERVED_ZERO = ~0xffff_27ffL;
    private static final long GENERAL_DETECT = 1 << 13;
    private static final long ACTIVE = 0xff;
    private static final int KIND_IO = 2;

    private DebugState() {}

    /**
     * Writes a debug register.
     *
     * @return 0; -ENODEV where there is no such register (#UD in the instruction's emulation);
     *     -EINVAL and -EPERM for bits and addresses that are not allowed (#GP)
     */
    public static int write(Vcpu vcpu, int register, long value) {
        return switch (register) {
            case 0, 1, 2, 3 -> writeAddress(vcpu, register, value);
            case 4, 6 -> aliasRefused(vcpu, register) ? -XenErrno.ENODEV : writeStatus(vcpu, value);
            case 5, 7 ->
                    aliasRefused(vcpu, register) ? -XenErrno.ENODEV : writeControl(vcpu, value);
            default -> -XenErrno.ENODEV;
        };
    }

    private static int writeAddress(Vcpu vcpu, int register, long value) {
        if (!GuestAccess.isAccessible(value)) {
            return -XenErrno.EPERM;
        }
        vcpu.cpu.debugAddress[register] = value;
        vcpu.cpu.flushTlb();
        return 0;
    }

    private static boolean aliasRefused(Vcpu vcpu, int register) {
        return register <= 5 && (vcpu.cr4 & ControlRegisters.CR4_DE) != 0;
    }

    private static int writeStatus(Vcpu vcpu, long value) {
        if (value >>> 32 != 0) {
            return -XenErrno.EINVAL;
        }
        vcpu.debugStatus = (value & ~STATUS_RESERVED_ZERO) | STATUS_DEFAULT;
        return 0;
    }

    private static int writeControl(Vcpu vcpu, long value) {
        if (value >>> 32 != 0) {
            return -XenErrno.EINVAL;
        }
        long control = (value & ~CONTROL_RESERVED_ZERO) | CONTROL_DEFAULT;
        if ((control & GENERAL_DETECT) != 0) {
            return -XenErrno.EPERM;
        }
        long ioEnable = 0;
        if ((control & ACTIVE) != 0) {
            for (int i = 0; i < 4; i++) {
                if ((control >>> (16 + 4 * i) & 3) == KIND_IO) {
                    if ((vcpu.cr4 & ControlRegisters.CR4_DE) == 0) {
                        return -XenErrno.EPERM;
                    }
                    ioEnable |= control & 3L << (2 * i);
                }
            }
        }
        vcpu.debugControlEmulated = ioEnable;
        vcpu.cpu.debugControl = control & ~ioEnable;
        vcpu.cpu.flushTlb();
        return 0;
    }

    /** Whether a register number exists for reading. */
    public static boolean isReadable(Vcpu vcpu, int register) {
        return switch (register) {
            case 0, 1, 2, 3, 6, 7 -> true;
            case 4, 5 -> !aliasRefused(vcpu, register);
            default -> false;
        };
    }

    /** Reads a register that {@link #isReadable}. */
    public static long read(Vcpu vcpu, int register) {
        return switch (register) {
            case 4, 6 -> vcpu.debugStatus;
            case 5, 7 -> vcpu.cpu.debugControl | vcpu.debugControlEmulated;
            default -> vcpu.cpu.debugAddress[register];
        };
    }

    /** What a #DB leaves for the guest in DR6 (arch/x86/traps.c, {@code do_debug}). */
    static void raised(Vcpu vcpu, int newBits) {
        vcpu.debugStatus |= Integer.toUnsignedLong(newBits) & ~STATUS_DEFAULT;
    }

    /** Single step over an instruction that was emulated. */
    static void stepped(Vcpu vcpu) {
        vcpu.debugStatus |= 1 << 14 | STATUS_DEFAULT;
    }

    /** DR6 bits of the I/O breakpoints that an access to ports hits. */
    static int ioMatches(Vcpu vcpu, int port, int length) {
        if (vcpu.debugControlEmulated == 0 || (vcpu.cr4 & ControlRegisters.CR4_DE) == 0) {
            return 0;
        }
        int matches = 0;
        Cpu cpu = vcpu.cpu;
        for (int i = 0; i < 4; i++) {
            if ((vcpu.debugControlEmulated & 3L << (2 * i)) != 0) {
                // Lengths 0 to 3 in DR7 mean 1, 2, 8 and 4 bytes.
                int width =
                        switch ((int) (cpu.debugControl >>> (18 + 4 * i)) & 3) {
                            case 0 -> 1;
                            case 1 -> 2;
                            case 2 -> 8;
                            default -> 4;
                        };
                long start = cpu.debugAddress[i] & -width;
                if (Long.compareUnsigned(start, port + length) < 0
                        && Long.compareUnsigned(start + width, port) > 0) {
                    matches |= 1 << i;
                }
            }
        }
        return matches;
    }
}
