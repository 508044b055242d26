package dev.vls.machine.cpu.translate;

import static java.lang.constant.ConstantDescs.CD_boolean;
import static java.lang.constant.ConstantDescs.CD_long;
import static java.lang.constant.ConstantDescs.CD_void;

import dev.vls.machine.cpu.Cpu;
import dev.vls.machine.cpu.Insn;
import dev.vls.machine.cpu.InstructionRow;
import dev.vls.machine.cpu.Operand;
import dev.vls.machine.cpu.Shape;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.Label;
import java.lang.constant.ClassDesc;
import java.lang.constant.MethodTypeDesc;
import java.util.List;

/**
 * Emits one instruction that does not branch. Where its kernel works on values, operands come from
 * locals and constants; where it works on the vCPU, what it touches is put there before and taken
 * back after, and the interpreter's own form of the instruction is called.
 */
final class InstructionEmitter {
    private static final ClassDesc INSN = ClassDesc.of(Insn.class.getName());
    private static final ClassDesc LONGS = CD_long.arrayType();
    static final int ADDRESS = Locals.FREE;
    static final int RESULT = Locals.FREE + 2;
    static final int SECOND = Locals.FREE + 4;
    private static final int VALUES = KernelEmitter.VALUES;

    private final CodeBuilder code;
    private final RegionCompiler region;
    private final FlagsEmitter flags;
    private final MemoryEmitter memory;
    private final SseEmitter sse;
    private final KernelEmitter kernels;
    private final StackEmitter stack;

    /** The instruction at hand and what follows from its place. */
    private Insn insn;

    private Shape shape;
    private InstructionRow row;
    private int site;
    private boolean stores;

    InstructionEmitter(
            CodeBuilder code,
            RegionCompiler region,
            FlagsEmitter flags,
            MemoryEmitter memory,
            Insn first) {
        this.code = code;
        this.memory = memory;
        this.sse = new SseEmitter(code, region, this, memory);
        this.kernels = new KernelEmitter(code, region);
        this.stack = new StackEmitter(code, this, memory);
        this.region = region;
        this.flags = flags;
        this.insn = first;
        this.shape = region.shapeOf(first);
        this.row = shape.row();
    }

    /**
     * Emits an instruction.
     *
     * @param atSite its number
     */
    void emit(Insn next, int atSite) {
        begin(next, atSite);
        switch (InstructionClass.of(insn, shape, region.effects(shape))) {
            case VALUES -> values();
            case CONDITION -> condition();
            case PUSH -> stack.push(shape);
            case POP -> stack.pop(shape);
            case LEAVE -> stack.leave();
            case REGISTERS_APART -> apart();
            case SSE -> sse.emit(insn, shape, region.effects(shape), flags);
            case STATE -> state();
        }
        if (stores) {
            region.registers().flush();
            code.iload(Locals.LEAVE).ifne(region.leaveAfter(site));
        }
    }

    // --- kernels over values ---

    private void values() {
        if (shape.needsAddress()) {
            address();
            code.lstore(ADDRESS);
        }
        List<Operand> operands = row.operands();
        int effects = region.effects(shape);
        if (touchesMemory() || (effects & KernelEffects.FAULT) != 0) {
            markSite();
        }
        for (int i = 0; i < operands.size(); i++) {
            read(operands.get(i), VALUES + 2 * i);
        }
        boolean flagsInState =
                (effects & (KernelEffects.FLAGS_READ | KernelEffects.FLAGS_WRITE)) != 0;
        boolean overwrites = FlagsEmitter.overwritesInState(row);
        if (flagsInState && !overwrites) {
            flags.settle();
        }
        boolean registersInState = (effects & KernelEffects.REGISTERS) != 0;
        if (registersInState) {
            region.registers().flush();
        }
        kernels.call(insn, shape);
        if (registersInState) {
            region.registers().reload(RegisterUse.byKernel(insn, shape));
        }
        if (overwrites) {
            flags.overwrittenByKernel();
        }
        if (shape.kernel().getReturnType() == long.class) {
            code.lstore(RESULT);
            writes();
        }
        recordFlags();
    }

    private boolean touchesMemory() {
        for (Operand operand : row.operands()) {
            if (shape.isMemory(operand)) {
                return true;
            }
        }
        return false;
    }

    /** Memory first: a store may fault, and registers are changed only when it has not. */
    private void writes() {
        List<Operand> operands = row.operands();
        boolean second = false;
        for (int i = 1; i < operands.size(); i++) {
            second |= operands.get(i).written();
        }
        if (second) {
            code.aload(Locals.CPU)
                    .getfield(Locals.CPU_DESC, "secondResult", CD_long)
                    .lstore(SECOND);
        }
        Operand first = operands.isEmpty() ? null : operands.getFirst();
        boolean firstToMemory = first != null && first.written() && shape.isMemory(first);
        if (first != null && firstToMemory) {
            write(first, RESULT);
        }
        for (int i = operands.size() - 1; i > 0; i--) {
            if (operands.get(i).written()) {
                write(operands.get(i), SECOND);
            }
        }
        if (first != null && first.written() && !firstToMemory) {
            write(first, RESULT);
        }
    }

    private void recordFlags() {
        if (row.flags().isEmpty() || region.flagsAreDead(site)) {
            return;
        }
        int[] read = new int[3];
        int count = 0;
        for (int i = 0; i < row.operands().size() && count < read.length; i++) {
            Operand operand = row.operands().get(i);
            if (operand.read() && !operand.isIndex()) {
                read[count++] = VALUES + 2 * i;
            }
        }
        int operation = FlagsEmitter.operation(row);
        boolean shift = operation >= LazyFlags.SHL && operation <= LazyFlags.SAR;
        if (shift && !InstructionClass.hasConstantCount(insn, shape)) {
            flags.settle();
            kernels.callRecorder(shape, read, RESULT);
        } else if (FlagsEmitter.rotate(insn, shape) >= 0) {
            if (InstructionClass.constantCount(insn, shape) != 0) {
                flags.pendRotate(FlagsEmitter.rotate(insn, shape), shape.width(), read[0], RESULT);
            }
        } else if (shift && InstructionClass.constantCount(insn, shape) == 0) {
            return;
        } else if (operation >= 0) {
            flags.pend(operation, shape.width(), read[0], count > 1 ? read[1] : -1, RESULT);
        } else {
            flags.settle();
            kernels.callRecorder(shape, read, RESULT);
        }
    }

    /** CMOVcc and SETcc. */
    private void condition() {
        List<Operand> operands = row.operands();
        boolean set = operands.size() == 2;
        Operand destination = operands.getFirst();
        if (shape.needsAddress()) {
            address();
            code.lstore(ADDRESS);
            markSite();
        }
        Label holds = code.newLabel();
        Label end = code.newLabel();
        if (set) {
            flags.branchIf(shape.form().condition(), holds);
            code.lconst_0().goto_(end).labelBinding(holds).lconst_1();
        } else {
            read(destination, VALUES);
            read(operands.get(1), VALUES + 2);
            flags.branchIf(shape.form().condition(), holds);
            code.lload(VALUES).goto_(end).labelBinding(holds).lload(VALUES + 2);
        }
        code.labelBinding(end).lstore(RESULT);
        write(destination, RESULT);
    }

    // --- kernels over the vCPU ---

    /** The kernel leaves general registers alone: only the operands' own have to be there. */
    private void apart() {
        int effects = region.effects(shape);
        boolean flagged =
                !row.flags().isEmpty()
                        || (effects & (KernelEffects.FLAGS_READ | KernelEffects.FLAGS_WRITE)) != 0;
        if (flagged) {
            flags.settle();
        }
        storeRip();
        markSite();
        execute();
        boolean mayStore = (effects & KernelEffects.STORE) != 0;
        for (Operand operand : row.operands()) {
            if (operand.written()) {
                if (shape.isMemory(operand)) {
                    mayStore = true;
                } else {
                    int register = InstructionClass.registerOf(operand, insn, shape);
                    if (register >= 0) {
                        region.registers().reload(1 << register);
                    }
                }
            }
        }
        reloadXmm();
        if (mayStore) {
            code.aload(Locals.CPU)
                    .invokevirtual(Locals.CPU_DESC, "blockEnded", MethodTypeDesc.of(CD_boolean))
                    .ifne(region.leaveAfter(site));
        }
    }

    private void state() {
        stateOnly();
        code.aload(Locals.CPU)
                .invokevirtual(Locals.CPU_DESC, "blockEnded", MethodTypeDesc.of(CD_boolean))
                .ifne(region.leaveStateAfter(site));
        region.registers().reload(RegisterUse.written(insn, shape, region.effects(shape)));
        reloadXmm();
    }

    /** Kernels of other packages may have written any of them. */
    private void reloadXmm() {
        if (!row.kernelPackage().endsWith(".integer")) {
            region.registers().reloadXmm(-1);
            sse.reloaded();
        }
    }

    /** All of the state goes to the vCPU, and the instruction runs there. */
    void stateOnly(Insn next, int atSite) {
        insn = next;
        shape = region.shapeOf(next);
        row = shape.row();
        site = atSite;
        stateOnly();
    }

    private void stateOnly() {
        flags.settle();
        storeRip();
        markSite();
        Label start = code.newBoundLabel();
        execute();
        region.stateRange(start, code.newBoundLabel());
    }

    private void execute() {
        code.loadConstant(region.constant(insn))
                .aload(Locals.CPU)
                .invokevirtual(INSN, "execute", MethodTypeDesc.of(CD_void, Locals.CPU_DESC));
    }

    private void storeRip() {
        code.aload(Locals.GPR).loadConstant(Cpu.RIP);
        region.pushLinear(region.deltaAfter(site));
        code.lastore();
    }

    // --- operands ---

    void markSite() {
        region.registers().flush();
        code.loadConstant(site).istore(Locals.SITE);
    }

    /** Begins an instruction whose flow the caller emits. */
    void begin(Insn next, int atSite) {
        insn = next;
        shape = region.shapeOf(next);
        row = shape.row();
        site = atSite;
        stores = false;
        region.selectGroup(next, atSite, memory);
    }

    /** Reads the only operand of an indirect branch into a local. */
    void readTarget(int local) {
        if (shape.needsAddress()) {
            address();
            code.lstore(ADDRESS);
        }
        read(row.operands().getFirst(), local);
    }

    void enterBlock() {
        sse.enterBlock();
    }

    /** Computes the address of the memory operand. */
    void storeAddress() {
        address();
        code.lstore(ADDRESS);
    }

    /** Pushes the linear address of the memory operand on the JVM's stack. */
    private void address() {
        boolean any = false;
        if (insn.base == Cpu.RIP) {
            region.pushLinear(region.deltaAfter(site));
            any = true;
        } else if (insn.base != Cpu.ZERO) {
            code.lload(Locals.register(insn.base));
            any = true;
        }
        if (insn.index != Cpu.ZERO) {
            code.lload(Locals.register(insn.index));
            if (insn.scale != 0) {
                code.loadConstant(insn.scale).lshl();
            }
            if (any) {
                code.ladd();
            }
            any = true;
        }
        if (insn.displacement != 0 || !any) {
            code.loadConstant(insn.displacement);
            if (any) {
                code.ladd();
            }
        }
        if (shape.form().address32()) {
            code.loadConstant(0xFFFF_FFFFL).land();
        }
        if (shape.form().segmented() && !row.has("noseg")) {
            code.aload(Locals.CPU)
                    .getfield(Locals.CPU_DESC, "segmentBase", LONGS)
                    .loadConstant(insn.segment)
                    .laload()
                    .ladd();
        }
    }

    /** Reads an operand into a local; one that is written as well is seen to be writable first. */
    void read(Operand operand, int local) {
        boolean inMemory = shape.isMemory(operand);
        if (inMemory && operand.written() && (operand.read() || shape.kernelSeesCpu())) {
            memory.checkWrite(shape.bits(operand), ADDRESS);
        }
        if (!operand.read() || operand.isIndex()) {
            return;
        }
        if (inMemory) {
            memory.load(shape.bits(operand), ADDRESS);
        } else {
            readRegister(operand);
        }
        code.lstore(local);
    }

    void readRegister(Operand operand) {
        switch (operand.kind()) {
            case IMMEDIATE -> {
                int bits = shape.immediateBits();
                long mask = bits < 64 ? (1L << bits) - 1 : -1;
                code.loadConstant(insn.immediate & mask);
            }
            case ONE -> code.lconst_1();
            case ADDRESS -> code.lload(ADDRESS);
            default -> {
                int bits = shape.bits(operand);
                code.lload(Locals.register(InstructionClass.registerOf(operand, insn, shape)));
                if (bits == 8 && InstructionClass.isHigh(operand, shape)) {
                    code.loadConstant(8).lushr();
                }
                if (bits < 64) {
                    code.loadConstant((1L << bits) - 1).land();
                }
            }
        }
    }

    void write(Operand operand, int local) {
        int bits = shape.bits(operand);
        if (shape.isMemory(operand)) {
            store(bits, ADDRESS, local);
            return;
        }
        int register = InstructionClass.registerOf(operand, insn, shape);
        switch (bits) {
            case 64 -> code.lload(local);
            case 32 -> code.lload(local).loadConstant(0xFFFF_FFFFL).land();
            default -> {
                boolean high = bits == 8 && InstructionClass.isHigh(operand, shape);
                long mask = (1L << bits) - 1;
                code.lload(Locals.register(register))
                        .loadConstant(high ? ~0xFF00L : ~mask)
                        .land()
                        .lload(local)
                        .loadConstant(mask)
                        .land();
                if (high) {
                    code.loadConstant(8).lshl();
                }
                code.lor();
            }
        }
        setRegister(register);
    }

    /** Pops a value off the JVM's stack into a general register. */
    void setRegister(int register) {
        code.lstore(Locals.register(register));
        region.registers().written(register);
    }

    /** Where control leaves after the instruction at hand, with registers in the vCPU. */
    Label leaveAfter() {
        return region.leaveAfter(site);
    }

    void selectStack() {
        memory.select(PageGroups.STACK, true);
    }

    void store(int bits, int addressLocal, int valueLocal) {
        memory.store(bits, addressLocal, valueLocal);
        stores = true;
    }
}
