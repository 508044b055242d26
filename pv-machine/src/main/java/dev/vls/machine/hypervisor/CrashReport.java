package dev.vls.machine.hypervisor;

import static dev.vls.machine.memory.MachineMemory.PAGE_SHIFT;

import dev.vls.machine.cpu.Cpu;
import dev.vls.machine.cpu.Vector;
import dev.vls.machine.memory.MachineMemory;

/**
 * What Xen prints of a domain that crashes: registers, stack, page walk (arch/x86/x86_64/traps.c,
 * arch/x86/traps.c). The lines are Xen's; the bytes around RIP and the call trace by frame
 * pointers, which Xen prints only for itself, are added in the same form.
 */
final class CrashReport {
    private static final int STACK_LINES = 20;
    private static final int WORDS_PER_LINE = 4;
    private static final long STACK_AREA = 32 * 1024;
    private static final int BYTES_BEFORE = 8;
    private static final int BYTES_AFTER = 16;
    private static final int MAX_CALLS = 16;
    private static final long ENTRY_ADDRESS = 0x000f_ffff_ffff_f000L;
    private static final int PRESENT = 1;
    private static final int PAGE_SIZE_BIT = 1 << 7;

    private static final String[] VECTOR_NAMES = {
        "#DE", "#DB", "NMI", "#BP", "#OF", "#BR", "#UD", "#NM", "#DF", "CSO", "#TS", "#NP", "#SS",
        "#GP", "#PF", "SPV", "#MF", "#AC", "#MC", "#XM", "#VE", "#CP"
    };

    private CrashReport() {}

    /** An exception or interrupt for which the guest has no handler. */
    static void unhandled(Vcpu vcpu, int vector, int errorCode) {
        HypervisorLog log = vcpu.domain.log();
        String name = vector < VECTOR_NAMES.length ? VECTOR_NAMES[vector] : "???";
        log.line(
                "d%dv%d Unhandled: vec %d, %s[%04x]"
                        .formatted(vcpu.domain.id(), vcpu.id, vector, name, errorCode));
        if (vector == Vector.PF) {
            pageWalk(vcpu, vcpu.cr2);
        }
    }

    /** The whole report of a vCPU. */
    static void write(Vcpu vcpu, HypervisorLog log) {
        log.line(
                "Domain %d (vcpu#%d) crashed on cpu#%d:"
                        .formatted(vcpu.domain.id(), vcpu.id, vcpu.id));
        log.line("----[ Xen-" + XenVersionText.FULL + "  x86_64  debug=n  Not tainted ]----");
        log.line("CPU:    " + vcpu.id);
        registers(vcpu, log);
        code(vcpu, log);
        stack(vcpu, log);
        calls(vcpu, log);
    }

    private static void registers(Vcpu vcpu, HypervisorLog log) {
        Cpu cpu = vcpu.cpu;
        long[] r = cpu.gpr;
        int[] s = cpu.selector;
        log.line("RIP:    %04x:[<%016x>]".formatted(s[Cpu.CS], cpu.rip()));
        log.line(
                "RFLAGS: %016x   EM: %d   CONTEXT: pv guest (d%dv%d)"
                        .formatted(
                                Integer.toUnsignedLong(cpu.rflags()),
                                vcpu.upcallMask() != 0 ? 1 : 0,
                                vcpu.domain.id(),
                                vcpu.id));
        three(log, "rax", r[0], "rbx", r[3], "rcx", r[1]);
        three(log, "rdx", r[2], "rsi", r[6], "rdi", r[7]);
        three(log, "rbp", r[5], "rsp", r[4], "r8", r[8]);
        three(log, "r9", r[9], "r10", r[10], "r11", r[11]);
        three(log, "r12", r[12], "r13", r[13], "r14", r[14]);
        three(log, "r15", r[15], "cr0", vcpu.cr0, "cr4", vcpu.cr4);
        log.line("cr3: %016x   cr2: %016x".formatted(cpu.root(vcpu.kernelMode ? 0 : 1), vcpu.cr2));
        three(
                log,
                "fsb",
                cpu.segmentBase[Cpu.FS],
                "gsb",
                cpu.segmentBase[Cpu.GS],
                "gss",
                vcpu.inactiveGsBase);
        log.line(
                "ds: %04x   es: %04x   fs: %04x   gs: %04x   ss: %04x   cs: %04x"
                        .formatted(
                                s[Cpu.DS], s[Cpu.ES], s[Cpu.FS], s[Cpu.GS], s[Cpu.SS], s[Cpu.CS]));
    }

    private static void three(
            HypervisorLog log, String a, long va, String b, long vb, String c, long vc) {
        log.line(field(a, va) + "   " + field(b, vb) + "   " + field(c, vc));
    }

    private static String field(String name, long value) {
        return "%-5s%016x".formatted(name + ":", value);
    }

    private static void code(Vcpu vcpu, HypervisorLog log) {
        long rip = vcpu.cpu.rip();
        StringBuilder line = new StringBuilder();
        for (int i = -BYTES_BEFORE; i < BYTES_AFTER; i++) {
            boolean there = vcpu.guest.read(rip + i, 1);
            String text = there ? "%02x".formatted(vcpu.guest.value()) : "--";
            line.append(i == 0 ? " <" + text + ">" : " " + text);
        }
        log.line("Guest code around <%016x>:".formatted(rip));
        log.line(line.toString());
    }

    private static void stack(Vcpu vcpu, HypervisorLog log) {
        long at = vcpu.cpu.gpr[Cpu.RSP];
        log.line("Guest stack trace from rsp=%016x:".formatted(at));
        if (!GuestAccess.isAccessible(at)) {
            log.line("   Guest-inaccessible memory.");
            return;
        }
        StringBuilder line = new StringBuilder("  ");
        for (int i = 0; i < STACK_LINES * WORDS_PER_LINE; i++) {
            if (((at - 1 ^ at + 7) & STACK_AREA) != 0) {
                if (i == 0) {
                    line.append("Stack empty.");
                }
                break;
            }
            if (!vcpu.guest.read(at, 8)) {
                if (i != 0) {
                    log.line(line.toString());
                    line = new StringBuilder("    ");
                }
                line.append("Fault while accessing guest memory.");
                break;
            }
            if (i != 0 && i % WORDS_PER_LINE == 0) {
                log.line(line.toString());
                line = new StringBuilder("  ");
            }
            line.append(" %016x".formatted(vcpu.guest.value()));
            at += 8;
        }
        log.line(line.toString());
    }

    private static void calls(Vcpu vcpu, HypervisorLog log) {
        log.line("Guest call trace:");
        log.line("   [<%016x>] R".formatted(vcpu.cpu.rip()));
        long frame = vcpu.cpu.gpr[Cpu.RBP];
        for (int i = 0; i < MAX_CALLS; i++) {
            if (frame == 0 || !vcpu.guest.read(frame + 8, 8)) {
                return;
            }
            log.line("   [<%016x>] F".formatted(vcpu.guest.value()));
            if (!vcpu.guest.read(frame, 8)
                    || Long.compareUnsigned(vcpu.guest.value(), frame) <= 0) {
                return;
            }
            frame = vcpu.guest.value();
        }
    }

    /** The page-table entries that lead to an address. */
    static void pageWalk(Vcpu vcpu, long linear) {
        HypervisorLog log = vcpu.domain.log();
        MachineMemory memory = vcpu.domain.memory();
        log.line("Pagetable walk from %016x:".formatted(linear));
        if (!Cpu.isCanonical(linear)) {
            return;
        }
        long table = vcpu.cpu.root(vcpu.cpu.mode());
        for (int level = 4; level > 0; level--) {
            int index = (int) (linear >>> (PAGE_SHIFT + 9 * (level - 1))) & 0x1ff;
            long entry = memory.getLong(table + index * 8L);
            long mfn = (entry & ENTRY_ADDRESS) >>> PAGE_SHIFT;
            boolean large = (level == 2 || level == 3) && (entry & PAGE_SIZE_BIT) != 0;
            log.line(
                    " L%d[0x%03x] = %016x %016x%s"
                            .formatted(
                                    level,
                                    index,
                                    entry,
                                    vcpu.domain.memoryManagement().pfnOfMfn(mfn),
                                    large ? " (PSE)" : ""));
            if ((entry & PRESENT) == 0 || large || mfn >= memory.frames()) {
                return;
            }
            table = mfn << PAGE_SHIFT;
        }
    }
}
