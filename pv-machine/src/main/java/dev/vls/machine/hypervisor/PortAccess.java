package dev.vls.machine.hypervisor;

import dev.vls.machine.cpu.Cpu;
import dev.vls.machine.cpu.Flags;
import dev.vls.machine.cpu.Vector;
import dev.vls.machine.hypervisor.PrivilegedDecoder.Opcode;
import dev.vls.machine.hypervisor.PrivilegedInstructions.Outcome;
import dev.vls.machine.memory.PageWalker;
import dev.vls.xen.abi.xen.VmAssistType;

/**
 * Port I/O of a domain without ports (emul-priv-op.c): with enough virtual IOPL or a permission
 * bitmap, reads give ones and writes vanish, but for two address latches that Xen keeps.
 */
final class PortAccess {
    private static final int PCI_CONFIG_ADDRESS = 0xcf8;
    private static final int CMOS_INDEX = 0x70;
    private static final int MAX_REPETITIONS = 4096;

    private final Domain domain;
    private final TrapDelivery traps;
    private int breakpointMatches;

    PortAccess(Domain domain, TrapDelivery traps) {
        this.domain = domain;
        this.traps = traps;
    }

    void begin() {
        breakpointMatches = 0;
    }

    /** DR6 bits of the breakpoints that the accesses since {@link #begin} hit. */
    int breakpointMatches() {
        return breakpointMatches;
    }

    /** {@code iopl_ok}: the guest's kernel counts as ring 1, or ring 0 by its own choice. */
    boolean isIoplEnough(Vcpu vcpu) {
        int privilege = 3;
        if (vcpu.kernelMode) {
            privilege = (domain.vmAssist >>> VmAssistType.ARCHITECTURAL_IOPL & 1) != 0 ? 0 : 1;
        }
        return privilege << 12 <= vcpu.iopl;
    }

    private boolean isAllowed(Vcpu vcpu, int port, int width) {
        if (isIoplEnough(vcpu)) {
            return true;
        }
        if (port + width > vcpu.ioBitmapPorts) {
            return false;
        }
        int bits = 0;
        for (int i = 0; i < 2; i++) {
            long linear = vcpu.ioBitmapLinear + (port >>> 3) + i;
            bits |= (vcpu.guest.readKernelByte(linear) & 0xFF) << (8 * i);
        }
        return (bits & ((1 << width) - 1) << (port & 7)) == 0;
    }

    Outcome execute(Vcpu vcpu, PrivilegedDecoder decoder) {
        Cpu cpu = vcpu.cpu;
        int port =
                decoder.immediatePort >= 0
                        ? decoder.immediatePort
                        : (int) cpu.gpr[Cpu.RDX] & 0xFFFF;
        boolean string = decoder.opcode == Opcode.INS || decoder.opcode == Opcode.OUTS;
        long addressMask = decoder.address32 ? 0xFFFF_FFFFL : -1L;
        if (string && decoder.repeat && (cpu.gpr[Cpu.RCX] & addressMask) == 0) {
            return Outcome.DONE;
        }
        if (!isAllowed(vcpu, port, decoder.width)) {
            return Outcome.UNHANDLED;
        }
        breakpointMatches = DebugState.ioMatches(vcpu, port, decoder.width);
        if (string) {
            return executeString(vcpu, decoder, port, addressMask);
        }
        if (decoder.opcode == Opcode.IN) {
            long value = Integer.toUnsignedLong(in(port, decoder.width));
            long kept = decoder.width == 4 ? 0 : -1L << (8 * decoder.width);
            cpu.gpr[Cpu.RAX] = (cpu.gpr[Cpu.RAX] & kept) | value;
        } else {
            out(port, decoder.width, (int) cpu.gpr[Cpu.RAX]);
        }
        return Outcome.DONE;
    }

    private Outcome executeString(Vcpu vcpu, PrivilegedDecoder decoder, int port, long mask) {
        Cpu cpu = vcpu.cpu;
        int index = decoder.opcode == Opcode.INS ? Cpu.RDI : Cpu.RSI;
        int step = (cpu.rflags() & Flags.DF) != 0 ? -decoder.width : decoder.width;
        for (int i = 0; i < MAX_REPETITIONS; i++) {
            if (!move(vcpu, decoder, port, cpu.gpr[index] & mask)) {
                return Outcome.STAYS;
            }
            cpu.gpr[index] = cpu.gpr[index] + step & mask;
            if (!decoder.repeat) {
                return Outcome.DONE;
            }
            cpu.gpr[Cpu.RCX] = cpu.gpr[Cpu.RCX] - 1 & mask;
            if (cpu.gpr[Cpu.RCX] == 0) {
                return Outcome.DONE;
            }
            if (breakpointMatches != 0) {
                break;
            }
        }
        return Outcome.STAYS;
    }

    /** Moves one element between a port and memory; false if a fault is on its way. */
    private boolean move(Vcpu vcpu, PrivilegedDecoder decoder, int port, long offset) {
        boolean input = decoder.opcode == Opcode.INS;
        int segment = input ? Cpu.ES : decoder.segment;
        long linear = offset;
        if (segment == Cpu.FS || segment == Cpu.GS) {
            linear += vcpu.cpu.segmentBase[segment];
        }
        if (!GuestAccess.isAccessible(linear)) {
            traps.injectException(vcpu, segment == Cpu.SS ? Vector.SS : Vector.GP, 0);
            return false;
        }
        boolean moved;
        if (input) {
            int value = in(port, decoder.width);
            moved = vcpu.guest.write(linear, decoder.width, Integer.toUnsignedLong(value));
        } else {
            moved = vcpu.guest.read(linear, decoder.width);
            if (moved) {
                out(port, decoder.width, (int) vcpu.guest.value());
            }
        }
        if (!moved) {
            traps.injectPageFault(
                    vcpu, vcpu.guest.firstFault(linear, input), input ? PageWalker.ERROR_WRITE : 0);
        }
        return moved;
    }

    private int in(int port, int width) {
        if (port == PCI_CONFIG_ADDRESS && width == 4) {
            return domain.pciConfigAddress;
        }
        int value = 0;
        for (int i = 0; i < width; i++) {
            int part = port + i == CMOS_INDEX ? domain.cmosIndex : 0xFF;
            value |= part << (8 * i);
        }
        return value;
    }

    private void out(int port, int width, int value) {
        if (port == PCI_CONFIG_ADDRESS && width == 4) {
            domain.pciConfigAddress = value;
            return;
        }
        for (int i = 0; i < width; i++) {
            if (port + i == CMOS_INDEX) {
                domain.cmosIndex = value >>> (8 * i) & 0x7F;
            }
        }
    }
}
