package dev.vls.machine.cpu.translate;

import static java.lang.constant.ConstantDescs.CD_long;
import static java.lang.constant.ConstantDescs.CD_void;

import dev.vls.machine.cpu.Cpu;
import dev.vls.machine.cpu.Insn;
import dev.vls.machine.cpu.InstructionRow;
import dev.vls.machine.cpu.Kernels;
import dev.vls.machine.cpu.Operand;
import dev.vls.machine.cpu.Operand.Kind;
import dev.vls.machine.cpu.Operand.Size;
import dev.vls.machine.cpu.Shape;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.Instruction;
import java.lang.classfile.TypeKind;
import java.lang.constant.ClassDesc;
import java.lang.constant.MethodTypeDesc;
import java.lang.reflect.Method;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Emits instructions on XMM registers whose kernels work on values, on halves of registers, or on
 * registers by their index in {@link Cpu#xmm}, in the order in which the interpreter's form of the
 * instruction does things. Halves of registers are in locals.
 */
final class SseEmitter {
    private static final ClassDesc CONTROL = ClassDesc.of(TranslatedControl.class.getName());
    private static final MethodTypeDesc CHECK = MethodTypeDesc.of(CD_void, Locals.CPU_DESC);
    private static final MethodTypeDesc CHECK_ADDRESS =
            MethodTypeDesc.of(CD_void, Locals.CPU_DESC, CD_long);
    private static final int LOWS = Locals.SSE;
    private static final int HIGHS = LOWS + 8;

    private final CodeBuilder code;
    private final RegionCompiler region;
    private final InstructionEmitter general;
    private final MemoryEmitter memory;
    private boolean checked;

    /** XMM registers whose lowest 32 bits are in a local of their own, by index, as bits. */
    private int singles;

    SseEmitter(
            CodeBuilder code,
            RegionCompiler region,
            InstructionEmitter general,
            MemoryEmitter memory) {
        this.code = code;
        this.region = region;
        this.general = general;
        this.memory = memory;
    }

    /** Whether an instruction is one of those. */
    static boolean suits(Shape shape, int effects) {
        InstructionRow row = shape.row();
        if (!row.has("sse")
                || row.has("mmx")
                || row.has("fpu")
                || row.has("fip")
                || (effects & (KernelEffects.REGISTERS | KernelEffects.STORE)) != 0) {
            return false;
        }
        for (Class<?> type : shape.kernel().getParameterTypes()) {
            if (type == Insn.class) {
                return false;
            }
        }
        boolean halves = isByHalves(shape);
        List<Operand> operands = row.operands();
        for (int i = 0; i < operands.size(); i++) {
            Operand operand = operands.get(i);
            boolean wide = operand.size() == Size.X;
            boolean known =
                    switch (operand.kind()) {
                        case XMM_REG, XMM_RM, RM, REG, UNSIGNED_IMMEDIATE -> true;
                        case XMM0 -> !halves;
                        default -> false;
                    };
            if (!known || (operand.written() && i > 0) || i >= 4) {
                return false;
            }
            if (operand.written() && shape.isMemory(operand)) {
                // Memory is written by what a kernel returns, and only written.
                boolean returns = shape.kernel().getReturnType() == long.class;
                if (!returns || operand.read() || (wide && !halves)) {
                    return false;
                }
            }
        }
        return true;
    }

    /** A kernel over 64 bits is called for each half of its destination. */
    private static boolean isByHalves(Shape shape) {
        List<Operand> operands = shape.row().operands();
        return shape.kernel().getReturnType() == long.class
                && !operands.isEmpty()
                && operands.getFirst().written()
                && operands.getFirst().size() == Size.X;
    }

    /** Halves of XMM registers that an instruction names, as bits by index in {@link Cpu#xmm}. */
    static int named(Insn insn, Shape shape) {
        int halves = 0;
        for (Operand operand : shape.row().operands()) {
            int index = indexOf(operand, insn, shape);
            if (index >= 0 && index < Cpu.XMM_SCRATCH) {
                halves |= (operand.size() == Size.X ? 3 : 1) << index;
            }
        }
        return halves;
    }

    private static int indexOf(Operand operand, Insn insn, Shape shape) {
        return switch (operand.kind()) {
            case XMM0 -> 0;
            case XMM_REG -> 2 * insn.reg;
            case XMM_RM -> shape.isMemory(operand) ? Cpu.XMM_SCRATCH : 2 * insn.rm;
            default -> -1;
        };
    }

    /** In each block the first instruction looks whether the unit is available. */
    void enterBlock() {
        checked = false;
        singles = 0;
    }

    /** Registers were loaded from the vCPU. */
    void reloaded() {
        singles = 0;
    }

    /** Emits an instruction that {@link #suits}. */
    void emit(Insn insn, Shape shape, int effects, FlagsEmitter flags) {
        InstructionRow row = shape.row();
        boolean flagsInState =
                (effects & (KernelEffects.FLAGS_READ | KernelEffects.FLAGS_WRITE)) != 0;
        boolean overwrites = FlagsEmitter.overwritesInState(row);
        if (flagsInState && !overwrites) {
            flags.settle();
        }
        if (!checked || touchesMemory(shape) || (effects & KernelEffects.FAULT) != 0) {
            general.markSite();
        }
        if (!checked) {
            code.aload(Locals.CPU).invokestatic(CONTROL, "checkSse", CHECK);
            checked = true;
        }
        if (shape.needsAddress()) {
            general.storeAddress();
            if (row.has("align")) {
                code.aload(Locals.CPU)
                        .lload(InstructionEmitter.ADDRESS)
                        .invokestatic(CONTROL, "checkAligned16", CHECK_ADDRESS);
            }
        }
        if (isByHalves(shape)) {
            byHalves(insn, shape);
        } else {
            whole(insn, shape);
        }
        if (overwrites) {
            flags.overwrittenByKernel();
        }
    }

    private static boolean touchesMemory(Shape shape) {
        return shape.row().operands().stream().anyMatch(shape::isMemory);
    }

    // --- kernels over halves ---

    private void byHalves(Insn insn, Shape shape) {
        InstructionRow row = shape.row();
        List<Operand> operands = row.operands();
        int[] lows = new int[operands.size()];
        int[] highs = new int[operands.size()];
        for (int i = 0; i < operands.size(); i++) {
            Operand operand = operands.get(i);
            if (!operand.read() || operand.kind() == Kind.UNSIGNED_IMMEDIATE) {
                continue;
            }
            lows[i] = LOWS + 2 * i;
            if (operand.size() != Size.X) {
                read(operand, insn, shape, lows[i]);
                highs[i] = lows[i];
                continue;
            }
            highs[i] = HIGHS + 2 * i;
            if (shape.isMemory(operand)) {
                memory.load128(InstructionEmitter.ADDRESS, lows[i], highs[i]);
            } else {
                int index = indexOf(operand, insn, shape);
                lows[i] = Locals.xmm(index);
                highs[i] = Locals.xmm(index + 1);
            }
        }
        if (row.has("pairs")) {
            call(insn, shape, new int[] {lows[0], highs[0]});
            code.lstore(InstructionEmitter.RESULT);
            call(insn, shape, new int[] {lows[1], highs[1]});
        } else {
            call(insn, shape, lows);
            code.lstore(InstructionEmitter.RESULT);
            call(insn, shape, highs);
        }
        code.lstore(InstructionEmitter.SECOND);
        Operand destination = operands.getFirst();
        if (shape.isMemory(destination)) {
            region.registers().flush();
            memory.store128(
                    InstructionEmitter.ADDRESS,
                    InstructionEmitter.RESULT,
                    InstructionEmitter.SECOND,
                    general.leaveAfter());
        } else {
            int index = indexOf(destination, insn, shape);
            int source = movedFrom(insn, shape);
            code.lload(InstructionEmitter.RESULT);
            setHalf(index);
            code.lload(InstructionEmitter.SECOND);
            setHalf(index + 1);
            if (source >= 0 && (singles & 1 << source) != 0) {
                code.iload(Locals.single(source)).istore(Locals.single(index));
                singles |= 1 << index;
            }
        }
    }

    /** The register that an instruction copies whole, or -1. */
    private static int movedFrom(Insn insn, Shape shape) {
        Operand source = shape.row().operands().getLast();
        boolean copies = shape.row().kernel().equals("SimdMove.copy") && !shape.isMemory(source);
        return copies ? indexOf(source, insn, shape) : -1;
    }

    /** Calls a kernel over values, or copies it. */
    private void call(Insn insn, Shape shape, int[] locals) {
        Method kernel = shape.kernel();
        Map<Integer, Runnable> arguments = new TreeMap<>();
        int slot = 0;
        int next = 0;
        for (int i = 0; i < locals.length; i++) {
            Operand operand = shape.row().operands().get(i);
            boolean constant =
                    operand.kind() == Kind.UNSIGNED_IMMEDIATE && !shape.row().has("pairs");
            if (constant) {
                arguments.put(slot++, () -> code.loadConstant((int) insn.immediate));
                next++;
            } else if (locals[i] != 0) {
                int local = locals[i];
                arguments.put(slot, () -> code.lload(local));
                slot += 2;
                next++;
            }
        }
        if (next != kernel.getParameterCount()) {
            throw new IllegalStateException("kernel does not fit its row: " + shape.row().line());
        }
        List<Instruction> expression = region.expression(kernel);
        if (expression.isEmpty()) {
            arguments.values().forEach(Runnable::run);
            invoke(kernel);
        } else {
            KernelSplicer.splice(code, expression, arguments);
        }
    }

    private void invoke(Method kernel) {
        code.invokestatic(Kernels.owner(kernel), kernel.getName(), Kernels.descriptor(kernel));
    }

    // --- other kernels ---

    private void whole(Insn insn, Shape shape) {
        List<Operand> operands = shape.row().operands();
        if (moveHalf(insn, shape)) {
            return;
        }
        for (int i = 0; i < operands.size(); i++) {
            Operand operand = operands.get(i);
            if (operand.size() == Size.X && operand.read() && shape.isMemory(operand)) {
                memory.load128(InstructionEmitter.ADDRESS, LOWS, HIGHS);
                code.aload(Locals.XMM).loadConstant(Cpu.XMM_SCRATCH).lload(LOWS).lastore();
                code.aload(Locals.XMM).loadConstant(Cpu.XMM_SCRATCH + 1).lload(HIGHS).lastore();
            } else if (shape.isMemory(operand) && operand.written()) {
                if (shape.kernelSeesCpu()) {
                    memory.checkWrite(shape.bits(operand), InstructionEmitter.ADDRESS);
                }
            } else if (operand.read() && !operand.isIndex()) {
                read(operand, insn, shape, LOWS + 2 * i);
            }
        }
        boolean byIndex = operands.stream().anyMatch(SseEmitter::isXmmIndex);
        if (byIndex) {
            region.registers().flush();
        }
        arguments(insn, shape);
        invoke(shape.kernel());
        Operand first = operands.isEmpty() ? null : operands.getFirst();
        if (shape.kernel().getReturnType() == long.class) {
            code.lstore(InstructionEmitter.RESULT);
            if (first != null && first.written()) {
                write(first, insn, shape);
            }
        }
        if (byIndex && first != null && first.written() && first.size() == Size.X) {
            region.registers().reloadXmm(3 << indexOf(first, insn, shape));
            singles &= ~(3 << indexOf(first, insn, shape));
        }
    }

    /** Moves whose kernels name registers by their index; here they stay in locals. */
    private boolean moveHalf(Insn insn, Shape shape) {
        boolean extend = shape.row().kernel().equals("SimdMove.zeroExtend");
        if (!extend && !shape.row().kernel().equals("SimdMove.setHighHalf")) {
            return false;
        }
        Operand from = shape.row().operands().getLast();
        int index = indexOf(shape.row().operands().getFirst(), insn, shape);
        read(from, insn, shape, LOWS);
        code.lload(LOWS);
        if (!extend) {
            setHalf(index + 1);
            return true;
        }
        setHalf(index);
        code.lconst_0();
        setHalf(index + 1);
        if (shape.bits(from) == 32) {
            keepSingle(index, LOWS);
        }
        return true;
    }

    /** Remembers where the lowest 32 bits of a register are besides. */
    private void keepSingle(int index, int local) {
        code.lload(local).l2i().istore(Locals.single(index));
        singles |= 1 << index;
    }

    private static boolean isXmmIndex(Operand operand) {
        return operand.isIndex() && operand.kind() != Kind.UNSIGNED_IMMEDIATE;
    }

    private void arguments(Insn insn, Shape shape) {
        Method kernel = shape.kernel();
        Class<?>[] types = kernel.getParameterTypes();
        List<Operand> operands = shape.row().operands();
        int next = 0;
        if (next < types.length && types[next] == Cpu.class) {
            code.aload(Locals.CPU);
            next++;
        }
        for (int i = 0; i < operands.size() && next < types.length; i++) {
            Operand operand = operands.get(i);
            if (operand.kind() == Kind.UNSIGNED_IMMEDIATE) {
                code.loadConstant((int) insn.immediate);
                next++;
            } else if (operand.isIndex()) {
                code.loadConstant(indexOf(operand, insn, shape));
                next++;
            } else if (operand.read()) {
                code.lload(LOWS + 2 * i);
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
    }

    private void read(Operand operand, Insn insn, Shape shape, int local) {
        int bits = shape.bits(operand);
        if (shape.isMemory(operand)) {
            memory.load(bits, InstructionEmitter.ADDRESS);
        } else if (operand.kind() == Kind.RM || operand.kind() == Kind.REG) {
            general.readRegister(operand);
        } else {
            int index = indexOf(operand, insn, shape);
            if (bits == 32 && (singles & 1 << index) != 0) {
                code.iload(Locals.single(index)).i2l().loadConstant(0xFFFF_FFFFL).land();
                code.lstore(local);
                return;
            }
            code.lload(Locals.xmm(index));
            if (bits < 64) {
                code.loadConstant((1L << bits) - 1).land();
            }
        }
        code.lstore(local);
    }

    private void write(Operand operand, Insn insn, Shape shape) {
        int bits = shape.bits(operand);
        if (shape.isMemory(operand) || operand.kind() == Kind.RM || operand.kind() == Kind.REG) {
            general.write(operand, InstructionEmitter.RESULT);
            return;
        }
        int index = indexOf(operand, insn, shape);
        if (bits == 64) {
            code.lload(InstructionEmitter.RESULT);
        } else {
            code.lload(Locals.xmm(index))
                    .loadConstant(-1L << bits)
                    .land()
                    .lload(InstructionEmitter.RESULT)
                    .loadConstant((1L << bits) - 1)
                    .land()
                    .lor();
        }
        setHalf(index);
        if (bits == 32) {
            keepSingle(index, InstructionEmitter.RESULT);
        }
    }

    private void setHalf(int index) {
        code.storeLocal(TypeKind.LONG, Locals.xmm(index));
        region.registers().writtenXmm(index);
        singles &= ~(1 << index);
    }
}
