package dev.vls.machine.cpu.translate;

import dev.vls.machine.cpu.Cpu;
import dev.vls.machine.cpu.Insn;
import dev.vls.machine.cpu.Kernels;
import dev.vls.machine.cpu.Operand;
import dev.vls.machine.cpu.Operand.Kind;
import dev.vls.machine.cpu.Shape;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.Instruction;
import java.lang.reflect.Method;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Emits calls of kernels that work on values, and of the recorders of flags. */
final class KernelEmitter {
    /** The local of the first operand; each further one is two higher. */
    static final int VALUES = Locals.FREE + 6;

    private final CodeBuilder code;
    private final RegionCompiler region;

    KernelEmitter(CodeBuilder code, RegionCompiler region) {
        this.code = code;
        this.region = region;
    }

    /** Emits the call of an instruction's kernel, or its code where that is an expression. */
    void call(Insn insn, Shape shape) {
        Method kernel = shape.kernel();
        List<Instruction> expression = region.expression(kernel);
        if (!expression.isEmpty()) {
            splice(insn, shape, expression);
            return;
        }
        Class<?>[] types = kernel.getParameterTypes();
        int next = 0;
        if (next < types.length && types[next] == Cpu.class) {
            code.aload(Locals.CPU);
            next++;
        }
        if (next < types.length && types[next] == Insn.class) {
            code.loadConstant(region.constant(insn));
            next++;
        }
        for (int i = 0; i < shape.row().operands().size() && next < types.length; i++) {
            Operand operand = shape.row().operands().get(i);
            if (operand.kind() == Kind.UNSIGNED_IMMEDIATE) {
                code.loadConstant((int) insn.immediate);
                next++;
            } else if (operand.read()) {
                code.lload(VALUES + 2 * i);
                next++;
            }
        }
        if (next < types.length && types[next] == int.class) {
            code.loadConstant(shape.width());
            next++;
        }
        if (next != types.length) {
            throw new IllegalStateException("kernel does not fit its row: " + shape.row().line());
        }
        code.invokestatic(Kernels.owner(kernel), kernel.getName(), Kernels.descriptor(kernel));
    }

    /** The kernel's code in place of a call. */
    private void splice(Insn insn, Shape shape, List<Instruction> expression) {
        Class<?>[] types = shape.kernel().getParameterTypes();
        Map<Integer, Runnable> arguments = new TreeMap<>();
        int next = 0;
        int slot = 0;
        for (int i = 0; i < shape.row().operands().size() && next < types.length; i++) {
            Operand operand = shape.row().operands().get(i);
            if (operand.kind() == Kind.UNSIGNED_IMMEDIATE) {
                arguments.put(slot++, () -> code.loadConstant((int) insn.immediate));
                next++;
            } else if (operand.read()) {
                int local = VALUES + 2 * i;
                arguments.put(slot, () -> code.lload(local));
                slot += 2;
                next++;
            }
        }
        if (next < types.length) {
            arguments.put(slot, () -> code.loadConstant(shape.width()));
        }
        KernelSplicer.splice(code, expression, arguments);
    }

    /**
     * Emits the call of the recorder of an instruction's flags.
     *
     * @param read locals of the operands that were read
     * @param result local of the result
     */
    void callRecorder(Shape shape, int[] read, int result) {
        Method recorder = Kernels.flags(shape.row());
        code.aload(Locals.CPU);
        for (int i = 0; i < recorder.getParameterCount() - 3; i++) {
            code.lload(read[i]);
        }
        code.lload(result)
                .loadConstant(shape.width())
                .invokestatic(
                        Kernels.owner(recorder), recorder.getName(), Kernels.descriptor(recorder));
    }
}
