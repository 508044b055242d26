package dev.vls.machine.cpu;

import static java.lang.constant.ConstantDescs.CD_MethodHandles;
import static java.lang.constant.ConstantDescs.CD_Object;
import static java.lang.constant.ConstantDescs.CD_byte;
import static java.lang.constant.ConstantDescs.CD_int;
import static java.lang.constant.ConstantDescs.CD_long;
import static java.lang.constant.ConstantDescs.CD_void;
import static java.lang.constant.ConstantDescs.INIT_NAME;
import static java.lang.constant.ConstantDescs.MTD_void;

import dev.vls.machine.cpu.Operand.Kind;
import dev.vls.machine.cpu.Operand.Size;
import java.lang.classfile.ClassFile;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.TypeKind;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.DynamicConstantDesc;
import java.lang.constant.MethodTypeDesc;
import java.lang.invoke.MethodHandles;
import java.lang.reflect.Method;
import java.util.List;

/**
 * Makes the {@link Insn} subclass for one form of an instruction: it fetches the operands that the
 * row names, calls the row's kernel, and stores the result. The kernel itself is ordinary Java that
 * HotSpot inlines here as it will into translated code, so an instruction's meaning is written
 * once.
 *
 * <p>Order within an instruction: availability checks, address, reads (with the write rights of a
 * destination checked first, so that nothing is half done), kernel, second result, first result,
 * flags.
 */
final class FormCompiler {
    private static final ClassDesc INSN = ClassDesc.of(Insn.class.getName());
    private static final ClassDesc CPU = ClassDesc.of(Cpu.class.getName());
    private static final ClassDesc OPERANDS = ClassDesc.of(Operands.class.getName());
    private static final ClassDesc LONGS = CD_long.arrayType();
    private static final ClassDesc SHAPE = ClassDesc.of(Shape.class.getName());
    private static final DynamicConstantDesc<?> SHAPE_DATA =
            DynamicConstantDesc.ofNamed(
                    ConstantDescs.ofConstantBootstrap(CD_MethodHandles, "classData", CD_Object),
                    ConstantDescs.DEFAULT_NAME,
                    SHAPE);
    private static final MethodHandles.Lookup LOOKUP = MethodHandles.lookup();
    static final int CPU_LOCAL = 1;

    final InstructionRow row;
    final Method kernel;
    final CodeBuilder code;
    private final Shape shape;
    private final Form form;
    private final ClassDesc self;
    private int addressLocal = -1;
    private final int[] valueLocals;

    private FormCompiler(Shape shape, CodeBuilder code, ClassDesc self) {
        this.shape = shape;
        this.row = shape.row();
        this.form = shape.form();
        this.kernel = shape.kernel();
        this.valueLocals = new int[row.operands().size()];
        this.code = code;
        this.self = self;
    }

    /** An instruction of the form with no fields set; further ones come from {@link Insn#fresh}. */
    static Insn compile(Shape shape) {
        InstructionRow row = shape.row();
        ClassDesc self = ClassDesc.of("dev.vls.machine.cpu.Insn$" + row.kernel().replace('.', '$'));
        byte[] bytes =
                ClassFile.of()
                        .build(
                                self,
                                classBuilder ->
                                        classBuilder
                                                .withSuperclass(INSN)
                                                .withFlags(ClassFile.ACC_FINAL)
                                                .withMethodBody(
                                                        INIT_NAME,
                                                        MTD_void,
                                                        0,
                                                        c ->
                                                                c.aload(0)
                                                                        .invokespecial(
                                                                                INSN, INIT_NAME,
                                                                                MTD_void)
                                                                        .return_())
                                                .withMethodBody(
                                                        "fresh",
                                                        MethodTypeDesc.of(INSN),
                                                        0,
                                                        c ->
                                                                c.new_(self)
                                                                        .dup()
                                                                        .invokespecial(
                                                                                self, INIT_NAME,
                                                                                MTD_void)
                                                                        .areturn())
                                                .withMethodBody(
                                                        "shape",
                                                        MethodTypeDesc.of(SHAPE),
                                                        ClassFile.ACC_PUBLIC,
                                                        c -> c.loadConstant(SHAPE_DATA).areturn())
                                                .withMethodBody(
                                                        "execute",
                                                        MethodTypeDesc.of(CD_void, CPU),
                                                        ClassFile.ACC_PUBLIC,
                                                        c ->
                                                                new FormCompiler(shape, c, self)
                                                                        .emit()));
        try {
            MethodHandles.Lookup hidden = LOOKUP.defineHiddenClassWithClassData(bytes, shape, true);
            return (Insn) hidden.lookupClass().getDeclaredConstructor().newInstance();
        } catch (ReflectiveOperationException e) {
            throw new LinkageError(row.line(), e);
        }
    }

    private void emit() {
        emitChecks();
        List<Operand> operands = row.operands();
        if (shape.needsAddress()) {
            emitAddress();
        }
        if (HalvesEmitter.appliesTo(row, kernel)) {
            new HalvesEmitter(this).emit();
            emitFpuEnd();
            code.return_();
            return;
        }
        for (int i = 0; i < operands.size(); i++) {
            emitRead(operands.get(i), i);
        }
        if (row.has("mmx") && storesMmx()) {
            boolean masked = row.operands().getFirst().kind() == Kind.MMX_REG;
            callWithCpu(CPU_FPU, masked ? "enterMmx" : "beginMmxStore");
        }
        emitKernelCall();
        int resultLocal = -1;
        if (kernel.getReturnType() == long.class) {
            resultLocal = code.allocateLocal(TypeKind.LONG);
            code.lstore(resultLocal);
            emitWrites(resultLocal);
        } else {
            emitScratchStore();
        }
        if (!row.flags().isEmpty()) {
            emitFlags(resultLocal);
        }
        emitFpuEnd();
        code.return_();
    }

    /** What an MMX or x87 instruction that completed does to the unit's state. */
    private void emitFpuEnd() {
        if (row.has("mmx")) {
            callWithCpu(CPU_FPU, "enterMmx");
        }
        if (row.has("fip")) {
            code.aload(CPU_LOCAL)
                    .aload(0)
                    .loadConstant(row.opcode())
                    .loadConstant(form.memory() ? 1 : 0)
                    .invokestatic(
                            CPU_FPU,
                            "retire",
                            MethodTypeDesc.of(CD_void, CPU, INSN, CD_int, CD_int));
        }
    }

    /** Whether an MMX register goes to memory, plainly or, as MASKMOVQ does it, by the kernel. */
    private boolean storesMmx() {
        boolean toMemory = row.operands().isEmpty() || !row.operands().getFirst().written();
        return toMemory || isMemory(row.operands().getFirst());
    }

    private void emitChecks() {
        if (row.has("sse")) {
            callWithCpu(OPERANDS, "checkSse");
        }
        if (row.has("fpu")) {
            callWithCpu(CPU_FPU, "checkFpu");
        }
        if (row.has("mmx")) {
            callWithCpu(CPU_FPU, "checkMmx");
        }
    }

    private static final ClassDesc CPU_FPU = ClassDesc.of("dev.vls.machine.cpu.FpuAccess");

    private void callWithCpu(ClassDesc owner, String name) {
        code.aload(CPU_LOCAL).invokestatic(owner, name, MethodTypeDesc.of(CD_void, CPU));
    }

    private void emitAddress() {
        boolean segmented = form.segmented() && !row.has("noseg");
        String method =
                form.address32()
                        ? segmented ? "address32InSegment" : "address32"
                        : segmented ? "addressInSegment" : "address";
        addressLocal = code.allocateLocal(TypeKind.LONG);
        code.aload(0)
                .aload(CPU_LOCAL)
                .invokevirtual(INSN, method, MethodTypeDesc.of(CD_long, CPU))
                .lstore(addressLocal);
        if (row.has("align")) {
            code.aload(CPU_LOCAL)
                    .lload(addressLocal)
                    .invokestatic(
                            OPERANDS, "checkAligned16", MethodTypeDesc.of(CD_void, CPU, CD_long));
        }
    }

    boolean isMemory(Operand operand) {
        return shape.isMemory(operand);
    }

    private int bits(Operand operand) {
        return shape.bits(operand);
    }

    /** The local with the linear address of the memory operand. */
    int addressLocal() {
        return addressLocal;
    }

    /** The local with the value of a read operand. */
    int valueLocal(int index) {
        return valueLocals[index];
    }

    void emitRead(Operand operand, int index) {
        boolean memory = isMemory(operand);
        if (memory && operand.written() && (operand.read() || shape.kernelSeesCpu())) {
            code.aload(CPU_LOCAL)
                    .lload(addressLocal)
                    .loadConstant(bits(operand) / 8)
                    .invokevirtual(CPU, "checkWrite", MethodTypeDesc.of(CD_void, CD_long, CD_int));
        }
        if (operand.size() == Size.X) {
            if (memory && operand.read()) {
                code.aload(CPU_LOCAL)
                        .lload(addressLocal)
                        .invokestatic(
                                OPERANDS, "loadScratch", MethodTypeDesc.of(CD_void, CPU, CD_long));
            }
            return;
        }
        if (!operand.read() || operand.isIndex()) {
            return;
        }
        if (memory) {
            code.aload(CPU_LOCAL).lload(addressLocal);
            code.invokevirtual(CPU, "load" + bits(operand), MethodTypeDesc.of(CD_long, CD_long));
        } else {
            emitRegisterRead(operand);
        }
        valueLocals[index] = code.allocateLocal(TypeKind.LONG);
        code.lstore(valueLocals[index]);
    }

    private void emitRegisterRead(Operand operand) {
        int bits = bits(operand);
        switch (operand.kind()) {
            case RM, OPCODE_REG -> emitGet(form.highRm() && bits == 8, "rm", bits);
            case REG -> emitGet(form.highReg() && bits == 8, "reg", bits);
            case VVVV -> emitGet(false, "vvvv", bits);
            case ACCUMULATOR -> emitGetFixed(Cpu.RAX, bits);
            case CL -> emitGetFixed(Cpu.RCX, 8);
            case IMMEDIATE -> emitImmediate();
            case ONE -> code.lconst_1();
            case TARGET ->
                    code.aload(CPU_LOCAL)
                            .getfield(CPU, "gpr", LONGS)
                            .loadConstant(Cpu.RIP)
                            .laload()
                            .aload(0)
                            .getfield(INSN, "immediate", CD_long)
                            .ladd();
            case ADDRESS -> code.lload(addressLocal);
            case XMM_REG -> emitGetNamed("getXmm" + bits, "reg");
            case XMM_RM -> emitGetNamed("getXmm" + bits, "rm");
            case MMX_REG -> emitGetMmx("reg", bits);
            case MMX_RM -> emitGetMmx("rm", bits);
            default -> throw new IllegalStateException("read of " + operand + ": " + row.line());
        }
    }

    private void emitImmediate() {
        code.aload(0).getfield(INSN, "immediate", CD_long);
        int bits = shape.immediateBits();
        if (bits < 64) {
            code.loadConstant((1L << bits) - 1).land();
        }
    }

    private void emitGet(boolean high, String field, int bits) {
        emitGetNamed(high ? "getHigh8" : "get" + bits, field);
    }

    private void emitGetNamed(String method, String field) {
        code.aload(CPU_LOCAL)
                .aload(0)
                .getfield(INSN, field, CD_byte)
                .invokestatic(OPERANDS, method, MethodTypeDesc.of(CD_long, CPU, CD_int));
    }

    private void emitGetFixed(int register, int bits) {
        code.aload(CPU_LOCAL)
                .loadConstant(register)
                .invokestatic(OPERANDS, "get" + bits, MethodTypeDesc.of(CD_long, CPU, CD_int));
    }

    private void emitGetMmx(String field, int bits) {
        code.aload(CPU_LOCAL)
                .aload(0)
                .getfield(INSN, field, CD_byte)
                .invokestatic(CPU_FPU, "getMmx" + bits, MethodTypeDesc.of(CD_long, CPU, CD_int));
    }

    private void emitKernelCall() {
        Class<?>[] types = kernel.getParameterTypes();
        int next = 0;
        if (next < types.length && types[next] == Cpu.class) {
            code.aload(CPU_LOCAL);
            next++;
        }
        if (next < types.length && types[next] == Insn.class) {
            code.aload(0);
            next++;
        }
        for (int i = 0; i < row.operands().size() && next < types.length; i++) {
            Operand operand = row.operands().get(i);
            if (operand.isIndex()) {
                emitIndex(operand);
                next++;
            } else if (operand.read()) {
                code.lload(valueLocals[i]);
                next++;
            }
        }
        if (next < types.length && types[next] == int.class) {
            code.loadConstant(shape.width());
            next++;
        }
        if (next != types.length) {
            throw new IllegalStateException(
                    "kernel " + kernel + " does not fit its row: " + row.line());
        }
        code.invokestatic(Kernels.owner(kernel), kernel.getName(), Kernels.descriptor(kernel));
    }

    void emitIndex(Operand operand) {
        switch (operand.kind()) {
            case UNSIGNED_IMMEDIATE -> {
                Operand first = row.operands().getFirst();
                // ENTER has two, and they differ in size.
                if (first.kind() == operand.kind() && first.size() != operand.size()) {
                    code.aload(0).invokevirtual(INSN, "immediate2", MethodTypeDesc.of(CD_int));
                } else {
                    code.aload(0).getfield(INSN, "immediate", CD_long).l2i();
                }
            }
            case SEGMENT -> code.aload(0).getfield(INSN, "reg", CD_byte);
            case ST -> code.aload(0).getfield(INSN, "rm", CD_byte);
            case CONDITION -> code.loadConstant(form.condition());
            case XMM0 -> code.iconst_0();
            case XMM_REG -> code.aload(0).getfield(INSN, "reg", CD_byte).iconst_1().ishl();
            case XMM_RM -> {
                if (form.memory()) {
                    code.loadConstant(Cpu.XMM_SCRATCH);
                } else {
                    code.aload(0).getfield(INSN, "rm", CD_byte).iconst_1().ishl();
                }
            }
            default -> throw new IllegalStateException(operand.toString());
        }
    }

    private void emitWrites(int resultLocal) {
        List<Operand> operands = row.operands();
        for (int i = operands.size() - 1; i > 0; i--) {
            if (operands.get(i).written()) {
                int second = code.allocateLocal(TypeKind.LONG);
                code.aload(CPU_LOCAL).getfield(CPU, "secondResult", CD_long).lstore(second);
                emitWrite(operands.get(i), second);
            }
        }
        if (!operands.isEmpty() && operands.get(0).written()) {
            emitWrite(operands.get(0), resultLocal);
        }
    }

    private void emitWrite(Operand operand, int local) {
        int bits = bits(operand);
        if (isMemory(operand)) {
            code.aload(CPU_LOCAL)
                    .lload(addressLocal)
                    .lload(local)
                    .invokevirtual(
                            CPU, "store" + bits, MethodTypeDesc.of(CD_void, CD_long, CD_long));
            return;
        }
        switch (operand.kind()) {
            case RM, OPCODE_REG ->
                    emitSet(
                            OPERANDS,
                            form.highRm() && bits == 8 ? "setHigh8" : "set" + bits,
                            "rm",
                            local);
            case REG ->
                    emitSet(
                            OPERANDS,
                            form.highReg() && bits == 8 ? "setHigh8" : "set" + bits,
                            "reg",
                            local);
            case VVVV -> emitSet(OPERANDS, "set" + bits, "vvvv", local);
            case ACCUMULATOR ->
                    code.aload(CPU_LOCAL)
                            .loadConstant(Cpu.RAX)
                            .lload(local)
                            .invokestatic(
                                    OPERANDS,
                                    "set" + bits,
                                    MethodTypeDesc.of(CD_void, CPU, CD_int, CD_long));
            case XMM_REG -> emitSet(OPERANDS, "setXmm" + bits, "reg", local);
            case XMM_RM -> emitSet(OPERANDS, "setXmm" + bits, "rm", local);
            case MMX_REG -> emitSet(CPU_FPU, "setMmx" + bits, "reg", local);
            case MMX_RM -> emitSet(CPU_FPU, "setMmx" + bits, "rm", local);
            default -> throw new IllegalStateException("write of " + operand + ": " + row.line());
        }
    }

    private void emitSet(ClassDesc owner, String method, String field, int local) {
        code.aload(CPU_LOCAL)
                .aload(0)
                .getfield(INSN, field, CD_byte)
                .lload(local)
                .invokestatic(owner, method, MethodTypeDesc.of(CD_void, CPU, CD_int, CD_long));
    }

    /** A 128-bit destination in memory: the kernel left it in the scratch register. */
    private void emitScratchStore() {
        for (Operand operand : row.operands()) {
            if (operand.written() && operand.size() == Size.X && isMemory(operand)) {
                code.aload(CPU_LOCAL)
                        .lload(addressLocal)
                        .invokestatic(
                                OPERANDS, "storeScratch", MethodTypeDesc.of(CD_void, CPU, CD_long));
            }
        }
    }

    private void emitFlags(int resultLocal) {
        Method recorder = Kernels.flags(row);
        int longs = recorder.getParameterCount() - 3;
        code.aload(CPU_LOCAL);
        for (int i = 0; i < row.operands().size() && longs > 0; i++) {
            Operand operand = row.operands().get(i);
            if (operand.read() && !operand.isIndex()) {
                code.lload(valueLocals[i]);
                longs--;
            }
        }
        code.lload(resultLocal)
                .loadConstant(shape.width())
                .invokestatic(
                        Kernels.owner(recorder), recorder.getName(), Kernels.descriptor(recorder));
    }

    /** The class under construction, for tools that print it. */
    ClassDesc self() {
        return self;
    }
}
