package dev.vls.machine.fuzz;

import dev.vls.machine.cpu.Cpu;
import dev.vls.machine.cpu.Flags;
import dev.vls.machine.cpu.Vector;
import java.util.ArrayList;
import java.util.List;

/** Compares what both processors made of a case. */
final class Comparison {
    private static final String[] GPR = {
        "rax", "rcx", "rdx", "rbx", "rsp", "rbp", "rsi", "rdi", "r8", "r9", "r10", "r11", "r12",
        "r13", "r14", "r15",
    };
    private static final String[] SEGMENT = {"es", "cs", "ss", "ds", "fs", "gs"};
    private static final int FXSAVE_COMPARED = 416;

    /** Linux reports every fault at or above this as one on a present page (TASK_SIZE_MAX). */
    private static final long KERNEL_ADDRESSES = 0x0000_7FFF_FFFF_F000L;

    private static final int PAGE_FAULT_PRESENT = 1;

    private static final int ST0 = 32;
    private static final int ST1 = 48;

    private Comparison() {}

    /** Whether both agree, but for what a case has leeway in. */
    static boolean equal(CaseSlot slot, EmbeddedRunner runner, Leeway leeway) {
        Cpu cpu = runner.cpu();
        for (int i = 0; i < 16; i++) {
            if (slot.endGpr(i) != cpu.gpr[i]) {
                return false;
            }
        }
        if (slot.endLong(CaseSlot.RIP) != cpu.rip()
                || flagsDiffer(slot, cpu, leeway)
                || slot.endLong(CaseSlot.FS_BASE) != cpu.segmentBase[Cpu.FS]
                || slot.endLong(CaseSlot.GS_BASE) != cpu.segmentBase[Cpu.GS]) {
            return false;
        }
        for (int i = 0; i < 6; i++) {
            if (slot.endShort(CaseSlot.SELECTORS + 2 * i) != selector(cpu, i)) {
                return false;
            }
        }
        for (int at = 0; at < FXSAVE_COMPARED; at += 8) {
            if (fxsaveDiffers(slot, cpu, at, leeway)
                    && !(leeway.approximate() && isNear(slot, cpu, at, leeway))) {
                return false;
            }
        }
        return slot.trap() == runner.trap()
                && !errorDiffers(slot, runner)
                && slot.faultAddress() == runner.faultAddress()
                && slot.changedWords() == runner.changedWords()
                && slot.changeHash() == runner.changeHash();
    }

    /**
     * Null selectors with an RPL become 0 on the way through the kernel (IRET to an outer ring).
     */
    private static int selector(Cpu cpu, int segment) {
        int selector = cpu.selector[segment];
        return selector < 4 ? 0 : selector;
    }

    private static boolean flagsDiffer(CaseSlot slot, Cpu cpu, Leeway leeway) {
        long ignored = Flags.RF | leeway.undefinedFlags();
        long host = slot.endLong(CaseSlot.RFLAGS);
        return ((host ^ cpu.rflags()) & ~ignored & 0xFFFF_FFFFL) != 0;
    }

    private static boolean errorDiffers(CaseSlot slot, EmbeddedRunner runner) {
        int difference = slot.errorCode() ^ runner.errorCode();
        if (slot.trap() == Vector.PF
                && Long.compareUnsigned(slot.faultAddress(), KERNEL_ADDRESSES) >= 0) {
            difference &= ~PAGE_FAULT_PRESENT;
        }
        return difference != 0 && slot.trap() != Vector.AC;
    }

    private static boolean fxsaveDiffers(CaseSlot slot, Cpu cpu, int at, Leeway leeway) {
        long mask = CpuImage.comparedBits(at) & ~leeway.ignoredFxsaveBits(at);
        return mask != 0 && ((slot.endLong(at) ^ CpuImage.fxsaveWord(cpu, at)) & mask) != 0;
    }

    private static boolean isNear(CaseSlot slot, Cpu cpu, int at, Leeway leeway) {
        long host = slot.endLong(at);
        long embedded = CpuImage.fxsaveWord(cpu, at);
        return switch (at) {
            case 0 ->
                    ((host ^ embedded) & ~leeway.approximateStatus() & ~leeway.ignoredFxsaveBits(0))
                            == 0;
            case ST0, ST1 -> Math.abs(host - embedded) <= 1 || isAcrossBinade(host, embedded);
            case ST0 + 8, ST1 + 8 -> {
                long other = CpuImage.fxsaveWord(cpu, at - 8);
                boolean next = Math.abs((host & 0x7FFF) - (embedded & 0x7FFF)) <= 1;
                long significand = slot.endLong(at - 8);
                yield next
                        && (isAcrossBinade(significand, other)
                                || isAcrossNormal(significand, other));
            }
            default -> false;
        };
    }

    /** The largest significand of one exponent beside the smallest of the next. */
    private static boolean isAcrossBinade(long host, long embedded) {
        return (host == -1 && embedded == Long.MIN_VALUE)
                || (host == Long.MIN_VALUE && embedded == -1);
    }

    /** The largest denormal's significand beside that of the smallest normal number. */
    private static boolean isAcrossNormal(long host, long embedded) {
        return (host == Long.MAX_VALUE && embedded == Long.MIN_VALUE)
                || (host == Long.MIN_VALUE && embedded == Long.MAX_VALUE);
    }

    /** One line for each difference: what, start, host, embedded. */
    static List<String> differences(CaseSlot slot, EmbeddedRunner runner, Leeway leeway) {
        Cpu cpu = runner.cpu();
        List<String> lines = new ArrayList<>();
        for (int i = 0; i < 16; i++) {
            add(lines, GPR[i], slot.startGpr(i), slot.endGpr(i), cpu.gpr[i]);
        }
        add(lines, "rip", slot.startLong(CaseSlot.RIP), slot.endLong(CaseSlot.RIP), cpu.rip());
        if (flagsDiffer(slot, cpu, leeway)) {
            long start = slot.startLong(CaseSlot.RFLAGS);
            long end = slot.endLong(CaseSlot.RFLAGS);
            add(lines, "rflags", start, end, cpu.rflags() & 0xFFFF_FFFFL);
        }
        addBases(lines, slot, cpu);
        for (int i = 0; i < 6; i++) {
            int at = CaseSlot.SELECTORS + 2 * i;
            add(lines, SEGMENT[i], slot.startShort(at), slot.endShort(at), selector(cpu, i));
        }
        for (int at = 0; at < FXSAVE_COMPARED; at += 8) {
            if (fxsaveDiffers(slot, cpu, at, leeway)) {
                add(
                        lines,
                        fxsaveName(at),
                        slot.startLong(at),
                        slot.endLong(at),
                        CpuImage.fxsaveWord(cpu, at));
            }
        }
        add(lines, "trap", 0, slot.trap(), runner.trap());
        if (errorDiffers(slot, runner)) {
            add(lines, "error", 0, slot.errorCode(), runner.errorCode());
        }
        add(lines, "cr2", 0, slot.faultAddress(), runner.faultAddress());
        addChanges(lines, slot, runner);
        return lines;
    }

    private static void addBases(List<String> lines, CaseSlot slot, Cpu cpu) {
        add(
                lines,
                "fs base",
                slot.startLong(CaseSlot.FS_BASE),
                slot.endLong(CaseSlot.FS_BASE),
                cpu.segmentBase[Cpu.FS]);
        add(
                lines,
                "gs base",
                slot.startLong(CaseSlot.GS_BASE),
                slot.endLong(CaseSlot.GS_BASE),
                cpu.segmentBase[Cpu.GS]);
    }

    private static void addChanges(List<String> lines, CaseSlot slot, EmbeddedRunner runner) {
        if (slot.changeHash() == runner.changeHash()) {
            return;
        }
        for (int i = 0; i < Math.min(8, slot.changedWords()); i++) {
            lines.add(
                    "host memory     %016x = %016x"
                            .formatted(slot.changeAddress(i), slot.changeValue(i)));
        }
        for (int i = 0; i < Math.min(8, runner.changedWords()); i++) {
            lines.add(
                    "embedded memory %016x = %016x"
                            .formatted(runner.changeAddress(i), runner.changeValue(i)));
        }
    }

    private static String fxsaveName(int at) {
        if (at >= 160) {
            return "xmm%d%s".formatted((at - 160) / 16, at % 16 == 0 ? "" : " high");
        }
        if (at >= 32) {
            return "st/mm%d%s".formatted((at - 32) / 16, at % 16 == 0 ? "" : " high");
        }
        return switch (at) {
            case 0 -> "fop ftw fsw fcw";
            case 8 -> "fip";
            case 16 -> "fdp";
            default -> "mxcsr";
        };
    }

    private static void add(List<String> lines, String what, long start, long host, long embedded) {
        if (host != embedded) {
            lines.add(
                    "%-15s start %016x host %016x embedded %016x"
                            .formatted(what, start, host, embedded));
        }
    }
}
