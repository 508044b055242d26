package dev.vls.machine.cpu;

import static java.lang.constant.ConstantDescs.CD_int;
import static java.lang.constant.ConstantDescs.CD_long;
import static java.lang.constant.ConstantDescs.CD_void;

import dev.vls.machine.cpu.Operand.Kind;
import dev.vls.machine.cpu.Operand.Size;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.TypeKind;
import java.lang.constant.ClassDesc;
import java.lang.constant.MethodTypeDesc;
import java.lang.reflect.Method;
import java.util.List;

/**
 * The part of {@link FormCompiler} for kernels over 64 bits whose destination has 128: the kernel
 * is called twice and each result goes to one half. As a rule the calls see the low and the high
 * halves of the 128-bit operands; operands of other sizes go to both calls. With the attribute
 * {@code pairs} the first call sees the two halves of the first operand and the second call those
 * of the second, which is how packing and horizontal instructions grow from MMX to SSE.
 */
final class HalvesEmitter {
    private static final ClassDesc CPU = ClassDesc.of(Cpu.class.getName());
    private static final ClassDesc OPERANDS = ClassDesc.of(Operands.class.getName());

    private final FormCompiler form;
    private final CodeBuilder code;
    private final List<Operand> operands;
    private final int[] lowLocals;
    private final int[] highLocals;

    HalvesEmitter(FormCompiler form) {
        this.form = form;
        this.code = form.code;
        this.operands = form.row.operands();
        this.lowLocals = new int[operands.size()];
        this.highLocals = new int[operands.size()];
    }

    /** Whether a row's kernel computes one half of its 128-bit destination. */
    static boolean appliesTo(InstructionRow row, Method kernel) {
        return kernel.getReturnType() == long.class
                && !row.operands().isEmpty()
                && row.operands().get(0).written()
                && row.operands().get(0).size() == Size.X;
    }

    /** Emits reads, both calls of the kernel, and the write of the first operand. */
    void emit() {
        for (int i = 0; i < operands.size(); i++) {
            read(operands.get(i), i);
        }
        int low = code.allocateLocal(TypeKind.LONG);
        int high = code.allocateLocal(TypeKind.LONG);
        if (form.row.has("pairs")) {
            callWithHalvesOf(0);
            code.lstore(low);
            callWithHalvesOf(1);
        } else {
            call(lowLocals);
            code.lstore(low);
            call(highLocals);
        }
        code.lstore(high);
        write(operands.get(0), low, high);
    }

    private void read(Operand operand, int i) {
        if (!operand.read() || operand.kind() == Kind.UNSIGNED_IMMEDIATE) {
            return;
        }
        if (operand.size() != Size.X) {
            form.emitRead(operand, i);
            lowLocals[i] = form.valueLocal(i);
            highLocals[i] = form.valueLocal(i);
            return;
        }
        if (form.isMemory(operand) && !form.row.has("align")) {
            checkRead();
        }
        lowLocals[i] = code.allocateLocal(TypeKind.LONG);
        highLocals[i] = code.allocateLocal(TypeKind.LONG);
        readHalf(operand, 0);
        code.lstore(lowLocals[i]);
        readHalf(operand, 1);
        code.lstore(highLocals[i]);
    }

    /** An operand across the border of a page faults as a whole: #GP goes before #PF. */
    private void checkRead() {
        code.aload(FormCompiler.CPU_LOCAL)
                .lload(form.addressLocal())
                .loadConstant(16)
                .invokevirtual(CPU, "checkRead", MethodTypeDesc.of(CD_void, CD_long, CD_int));
    }

    private void readHalf(Operand operand, int half) {
        code.aload(FormCompiler.CPU_LOCAL);
        if (form.isMemory(operand)) {
            code.lload(form.addressLocal()).loadConstant(8L * half).ladd();
            code.invokevirtual(CPU, "load64", MethodTypeDesc.of(CD_long, CD_long));
        } else {
            code.getfield(CPU, "xmm", CD_long.arrayType());
            form.emitIndex(operand);
            code.loadConstant(half).iadd().laload();
        }
    }

    private void call(int[] locals) {
        int arguments = 0;
        for (int i = 0; i < operands.size(); i++) {
            Operand operand = operands.get(i);
            if (operand.kind() == Kind.UNSIGNED_IMMEDIATE) {
                form.emitIndex(operand);
                arguments++;
            } else if (operand.read()) {
                code.lload(locals[i]);
                arguments++;
            }
        }
        invoke(arguments);
    }

    private void callWithHalvesOf(int i) {
        code.lload(lowLocals[i]).lload(highLocals[i]);
        invoke(2);
    }

    private void invoke(int arguments) {
        Method kernel = form.kernel;
        if (arguments != kernel.getParameterCount()) {
            throw new IllegalStateException(
                    "kernel " + kernel + " does not fit its row: " + form.row.line());
        }
        code.invokestatic(Kernels.owner(kernel), kernel.getName(), Kernels.descriptor(kernel));
    }

    private void write(Operand operand, int low, int high) {
        code.aload(FormCompiler.CPU_LOCAL);
        if (form.isMemory(operand)) {
            code.lload(form.addressLocal());
        } else {
            form.emitIndex(operand);
        }
        code.lload(low).lload(high);
        if (form.isMemory(operand)) {
            code.invokestatic(
                    OPERANDS,
                    "store128",
                    MethodTypeDesc.of(CD_void, CPU, CD_long, CD_long, CD_long));
        } else {
            code.invokestatic(
                    OPERANDS,
                    "setXmm128",
                    MethodTypeDesc.of(CD_void, CPU, CD_int, CD_long, CD_long));
        }
    }
}
