package dev.vls.machine;

import dev.vls.machine.cpu.Cpu;
import dev.vls.machine.hypervisor.Vcpu;
import org.jspecify.annotations.Nullable;

/** What of a vCPU's state is digested and compared, by name and in one order. */
public final class VcpuState {
    private static final String[] GENERAL = {
        "rax", "rcx", "rdx", "rbx", "rsp", "rbp", "rsi", "rdi", "r8", "r9", "r10", "r11", "r12",
        "r13", "r14", "r15", "zero", "rip"
    };
    private static final String[] SEGMENT = {"es", "cs", "ss", "ds", "fs", "gs"};
    private static final String[] XMM = numbered("xmm%d.low", "xmm%d.high", 16);
    private static final String[] BASE = numbered("segment base %d", null, 6);
    private static final String[] DEBUG = numbered("dr%d", null, 4);
    private static final String[] X87 = numbered("x87 exponent %d", "x87 significand %d", 8);

    private VcpuState() {}

    /** Takes the values one after the other. */
    public interface Visitor {
        void value(String name, long value);
    }

    private static String[] numbered(String first, @Nullable String second, int count) {
        int each = second == null ? 1 : 2;
        String[] names = new String[count * each];
        for (int i = 0; i < count; i++) {
            names[i * each] = first.formatted(i);
            if (second != null) {
                names[i * each + 1] = second.formatted(i);
            }
        }
        return names;
    }

    /** Shows all values of a vCPU, always as many and in the same order. */
    public static void visit(Vcpu vcpu, Visitor visitor) {
        registers(vcpu.cpu, visitor);
        visitor.value("cr3 of kernel mode", vcpu.cpu.root(0));
        visitor.value("cr3 of user mode", vcpu.cpu.root(1));
        visitor.value("kernel mode", vcpu.kernelMode ? 1 : 0);
        visitor.value("runnable", vcpu.runnable() ? 1 : 0);
        visitor.value("inactive GS base", vcpu.inactiveGsBase);
        visitor.value("kernel stack pointer", vcpu.kernelStackPointer);
        visitor.value("singleshot deadline", vcpu.singleshotDeadline);
        visitor.value("periodic deadline", vcpu.periodicDeadline);
    }

    private static void registers(Cpu cpu, Visitor visitor) {
        values(GENERAL, cpu.gpr, visitor);
        visitor.value("rflags", cpu.rflags());
        values(XMM, cpu.xmm, visitor);
        for (int i = 0; i < SEGMENT.length; i++) {
            visitor.value(SEGMENT[i], cpu.selector[i]);
        }
        values(BASE, cpu.segmentBase, visitor);
        values(DEBUG, cpu.debugAddress, visitor);
        visitor.value("dr7", cpu.debugControl);
        visitor.value("step count", cpu.instructionCount);
        visitor.value("mxcsr", cpu.mxcsr.get());
        visitor.value("x87 control word", cpu.fpu.controlWord());
        visitor.value("x87 status word", cpu.fpu.statusWord());
        visitor.value("x87 tags", cpu.fpu.abridgedTags());
        for (int i = 0; i < 8; i++) {
            visitor.value(X87[2 * i], cpu.fpu.exponent(i));
            visitor.value(X87[2 * i + 1], cpu.fpu.significand(i));
        }
    }

    private static void values(String[] names, long[] values, Visitor visitor) {
        for (int i = 0; i < names.length; i++) {
            visitor.value(names[i], values[i]);
        }
    }
}
