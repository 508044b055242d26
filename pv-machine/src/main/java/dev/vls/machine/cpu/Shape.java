package dev.vls.machine.cpu;

import dev.vls.machine.cpu.Operand.Kind;
import dev.vls.machine.cpu.Operand.Size;
import java.lang.reflect.Method;

/**
 * A row of the instruction table in one form, and what follows from the two: the one place that
 * says where operands are and how wide, for {@link FormCompiler} and for the translator.
 */
public record Shape(InstructionRow row, Form form, Method kernel) {
    public Shape(InstructionRow row, Form form) {
        this(row, form, Kernels.find(row));
    }

    public boolean isMemory(Operand operand) {
        return operand.kind() == Kind.OFFSET || (operand.usesRm() && form.memory());
    }

    /** Width of an operand in bits. */
    public int bits(Operand operand) {
        return operand.size().bits(form.operandSize());
    }

    /** Whether the address of a memory operand is computed. */
    public boolean needsAddress() {
        for (Operand operand : row.operands()) {
            if (isMemory(operand) || operand.kind() == Kind.ADDRESS) {
                return true;
            }
        }
        return false;
    }

    /** The width that the kernel and the flags recorder are given. */
    public int width() {
        if (row.has("b")) {
            return 8;
        }
        for (Operand operand : row.operands()) {
            if (!operand.isIndex() && operand.size() != Size.NONE && bits(operand) != 128) {
                return operand.kind() == Kind.IMMEDIATE || operand.kind() == Kind.TARGET
                        ? form.operandSize()
                        : bits(operand);
            }
        }
        return form.operandSize();
    }

    /** Immediates have the width of the instruction's first operand. */
    public int immediateBits() {
        int bits = row.operands().isEmpty() ? 64 : bits(row.operands().get(0));
        return bits == 0 || row.operands().get(0).kind() == Kind.IMMEDIATE
                ? form.operandSize()
                : bits;
    }

    /** Whether the kernel may change the vCPU's state: then write rights are checked first. */
    public boolean kernelSeesCpu() {
        Class<?>[] types = kernel.getParameterTypes();
        return types.length > 0 && types[0] == Cpu.class;
    }
}
