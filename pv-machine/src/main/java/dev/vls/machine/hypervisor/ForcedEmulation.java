package dev.vls.machine.hypervisor;

import dev.vls.machine.cpu.Cpu;
import dev.vls.machine.cpu.Flags;
import dev.vls.machine.cpu.Vector;
import java.util.Arrays;

/** The prefix {@code ud2; .ascii "xen"} before CPUID (arch/x86/pv/emul-inv-op.c). */
final class ForcedEmulation {
    private static final byte[] PREFIX = {0x0f, 0x0b, 'x', 'e', 'n'};
    private static final byte[] CPUID = {0x0f, (byte) 0xa2};

    private final TrapDelivery traps;
    private final Hypervisor hypervisor;
    private final byte[] prefix = new byte[PREFIX.length];
    private final byte[] instruction = new byte[CPUID.length];

    ForcedEmulation(TrapDelivery traps, Hypervisor hypervisor) {
        this.traps = traps;
        this.hypervisor = hypervisor;
    }

    /** Executes a CPUID behind the prefix; false if the guest is to have the #UD. */
    boolean emulate(Vcpu vcpu) {
        Cpu cpu = vcpu.cpu;
        long rip = cpu.rip();
        if (!fetch(vcpu, rip, prefix)) {
            return true;
        }
        if (!Arrays.equals(prefix, PREFIX)) {
            return false;
        }
        if (!fetch(vcpu, rip + prefix.length, instruction)) {
            return true;
        }
        if (!Arrays.equals(instruction, CPUID)) {
            return false;
        }
        hypervisor.cpuid(cpu);
        cpu.setRip(rip + prefix.length + instruction.length);
        int flags = cpu.rflags();
        cpu.setRflags(flags & ~Flags.RF);
        if ((flags & Flags.TF) != 0) {
            DebugState.stepped(vcpu);
            traps.injectException(vcpu, Vector.DB, 0);
        }
        return true;
    }

    /** Fetches code bytes; false if a page fault is on its way to the guest. */
    private boolean fetch(Vcpu vcpu, long linear, byte[] target) {
        int count = 0;
        if (GuestAccess.isAccessible(linear)) {
            count = vcpu.guest.readUnchecked(linear, target, 0, target.length);
        }
        if (count < target.length) {
            traps.injectPageFault(vcpu, linear + count, 0);
            return false;
        }
        return true;
    }
}
