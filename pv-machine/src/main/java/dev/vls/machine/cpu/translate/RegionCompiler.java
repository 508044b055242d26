package dev.vls.machine.cpu.translate;

import static java.lang.constant.ConstantDescs.CD_MethodHandles;
import static java.lang.constant.ConstantDescs.CD_Object;
import static java.lang.constant.ConstantDescs.CD_int;
import static java.lang.constant.ConstantDescs.CD_long;
import static java.lang.constant.ConstantDescs.CD_void;
import static java.lang.constant.ConstantDescs.INIT_NAME;

import dev.vls.machine.cpu.Cpu;
import dev.vls.machine.cpu.Insn;
import dev.vls.machine.cpu.Shape;
import dev.vls.machine.cpu.Translation;
import java.lang.classfile.ClassFile;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.Instruction;
import java.lang.classfile.Label;
import java.lang.classfile.instruction.SwitchCase;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.DynamicConstantDesc;
import java.lang.constant.MethodTypeDesc;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Emits the method of one region. General registers are read from locals and written to locals and
 * to the vCPU, so that nothing has to be put back when control leaves or an instruction faults:
 * which costs a store, and saves HotSpot's register allocators from exits and exception handlers
 * where all registers are alive (docs/translator.md). Only flags are pending in locals. Steps are
 * counted down at the head of each block, by all of its instructions; who leaves in the middle
 * gives the rest back.
 */
final class RegionCompiler {
    private static final ClassDesc TRANSLATION = ClassDesc.of(Translation.class.getName());
    private static final ClassDesc MEMORY = ClassDesc.of(TranslatedMemory.class.getName());
    private static final ClassDesc INSN = ClassDesc.of(Insn.class.getName());
    private static final ClassDesc LONGS = CD_long.arrayType();
    private static final ClassDesc SELF =
            ClassDesc.of(RegionCompiler.class.getPackageName() + ".Region");
    private static final MethodTypeDesc CONSTRUCTOR =
            MethodTypeDesc.of(
                    CD_void,
                    INSN.arrayType(),
                    CD_int.arrayType(),
                    CD_int.arrayType(),
                    CD_int,
                    CD_int,
                    CD_int);

    private final RegionPlan plan;
    private final KernelEffects kernels;
    private final KernelSplicer splicer;
    private final CodeBuilder code;
    private final FlagsEmitter flags;
    private final MemoryEmitter memory;
    private final RegisterEmitter registers;
    private final InstructionEmitter instructions;
    private final BranchEmitter branches;
    private final Sites sites;

    private final Map<Integer, Label> heads = new TreeMap<>();
    private final Map<PlannedBlock, Integer> pendingBehind = new LinkedHashMap<>();
    private final List<Runnable> stubs = new ArrayList<>();
    private final Label exit;
    private final Label exitState;
    private final Label handlerForState;

    /**
     * What faults in a region: instruction, address behind it, instructions of its block after it.
     */
    static final class Sites {
        final List<Insn> insns = new ArrayList<>();
        final List<Integer> deltas = new ArrayList<>();
        final List<Integer> uncounted = new ArrayList<>();

        int add(Insn insn, int delta, int rest) {
            insns.add(insn);
            deltas.add(delta);
            uncounted.add(rest);
            return insns.size() - 1;
        }
    }

    private RegionCompiler(
            RegionPlan plan,
            KernelEffects kernels,
            KernelSplicer splicer,
            CodeBuilder code,
            Sites sites) {
        this.plan = plan;
        this.splicer = splicer;
        this.kernels = kernels;
        this.code = code;
        this.sites = sites;
        this.flags = new FlagsEmitter(code);
        this.memory = new MemoryEmitter(code, stubs);
        this.registers = registersOf(plan);
        this.instructions = new InstructionEmitter(code, this, flags, memory, plan.entry().insn(0));
        this.exit = code.newLabel();
        this.exitState = code.newLabel();
        this.handlerForState = code.newLabel();
        for (PlannedBlock block : plan.blocks) {
            heads.put(block.delta, code.newLabel());
        }
        this.branches = new BranchEmitter(code, this, plan, instructions, flags, memory, registers);
    }

    private RegisterEmitter registersOf(RegionPlan ofPlan) {
        int allNamed = 0;
        int halves = 0;
        for (PlannedBlock block : ofPlan.blocks) {
            for (int i = 0; i < block.count(); i++) {
                allNamed |= RegisterUse.named(block.insn(i));
                Shape shape = shapeOf(block.insn(i));
                if (InstructionClass.of(block.insn(i), shape, effects(shape))
                        == InstructionClass.SSE) {
                    halves |= SseEmitter.named(block.insn(i), shape);
                }
            }
        }
        return new RegisterEmitter(code, allNamed, halves);
    }

    /** The class file of a region's class. */
    static byte[] classFile(
            RegionPlan plan, KernelEffects kernels, KernelSplicer splicer, Sites sites) {
        return ClassFile.of()
                .build(
                        SELF,
                        classBuilder ->
                                classBuilder
                                        .withSuperclass(TRANSLATION)
                                        .withFlags(ClassFile.ACC_FINAL)
                                        .withMethodBody(
                                                INIT_NAME,
                                                CONSTRUCTOR,
                                                0,
                                                c ->
                                                        c.aload(0)
                                                                .aload(1)
                                                                .aload(2)
                                                                .aload(3)
                                                                .iload(4)
                                                                .iload(5)
                                                                .iload(6)
                                                                .invokespecial(
                                                                        TRANSLATION,
                                                                        INIT_NAME,
                                                                        CONSTRUCTOR)
                                                                .return_())
                                        .withMethodBody(
                                                "run",
                                                MethodTypeDesc.of(
                                                        CD_long, Locals.CPU_DESC, CD_long),
                                                ClassFile.ACC_PROTECTED,
                                                c ->
                                                        new RegionCompiler(
                                                                        plan, kernels, splicer, c,
                                                                        sites)
                                                                .emit()));
    }

    // --- the method ---

    private void emit() {
        enter();
        Label start = code.newBoundLabel();
        List<PlannedBlock> ordered = plan.predecessorsFirst();
        for (int i = 0; i < ordered.size(); i++) {
            block(ordered.get(i), i + 1 < ordered.size() ? ordered.get(i + 1) : null);
        }
        // Stubs may ask for further ones.
        for (int i = 0; i < stubs.size(); i++) {
            stubs.get(i).run();
        }
        Label end = code.newBoundLabel();
        leave();
        handle(start, end);
    }

    private void enter() {
        code.aload(Locals.CPU)
                .getfield(Locals.CPU_DESC, "gpr", LONGS)
                .astore(Locals.GPR)
                .aload(Locals.GPR)
                .loadConstant(Cpu.RIP)
                .laload()
                .aload(Locals.THIS)
                .getfield(TRANSLATION, "entryDelta", CD_int)
                .i2l()
                .lsub()
                .lstore(Locals.BASE);
        tlbArray("readTags", Locals.READ_TAGS);
        tlbArray("writeTags", Locals.WRITE_TAGS);
        tlbArray("addends", Locals.ADDENDS);
        memory.enterRegion();
        code.lconst_0().lstore(Locals.NEXT);
        code.iconst_0().istore(Locals.SITE);
        code.iconst_0().istore(Locals.LEAVE);
        FlagsEmitter.enter(code);
        registers.enter();
        List<SwitchCase> sides =
                plan.entries().stream()
                        .skip(1)
                        .map(place -> SwitchCase.of(place, head(plan.blocks.get(place).delta)))
                        .toList();
        if (!sides.isEmpty()) {
            code.aload(Locals.THIS)
                    .getfield(TRANSLATION, "entry", CD_int)
                    .lookupswitch(head(plan.entry().delta), sides);
        }
    }

    private void tlbArray(String method, int local) {
        code.aload(Locals.CPU)
                .invokestatic(MEMORY, method, MethodTypeDesc.of(LONGS, Locals.CPU_DESC))
                .astore(local);
    }

    /** The way out: flags and RIP to the vCPU. */
    private void leave() {
        code.labelBinding(exit);
        flags.leave();
        code.aload(Locals.GPR).loadConstant(Cpu.RIP).lload(Locals.NEXT).lastore();
        code.labelBinding(exitState);
        code.lload(Locals.LEFT).lreturn();
    }

    private void handle(Label start, Label end) {
        code.labelBinding(handlerForState);
        code.aload(Locals.THIS)
                .aload(Locals.CPU)
                .iload(Locals.SITE)
                .lload(Locals.LEFT)
                .invokevirtual(
                        TRANSLATION,
                        "unwindState",
                        MethodTypeDesc.of(CD_void, Locals.CPU_DESC, CD_int, CD_long))
                .athrow();
        Label handler = code.newBoundLabel();
        flags.settleAll();
        code.aload(Locals.THIS)
                .aload(Locals.CPU)
                .iload(Locals.SITE)
                .lload(Locals.BASE)
                .lload(Locals.LEFT)
                .invokevirtual(
                        TRANSLATION,
                        "unwind",
                        MethodTypeDesc.of(CD_void, Locals.CPU_DESC, CD_int, CD_long, CD_long))
                .athrow();
        code.exceptionCatchAll(start, end, handler);
    }

    // --- blocks ---

    private @Nullable PlannedBlock current;
    private int firstSite;
    private @Nullable PageGroups groups;

    private PlannedBlock current() {
        if (current == null) {
            throw new IllegalStateException("no block");
        }
        return current;
    }

    private void block(PlannedBlock block, @Nullable PlannedBlock next) {
        current = block;
        firstSite = sites.insns.size();
        int at = block.delta;
        for (int i = 0; i < block.count(); i++) {
            at += block.insn(i).length;
            sites.add(block.insn(i), at, block.count() - 1 - i);
        }
        code.labelBinding(head(block.delta));
        flags.enterBlock(pendingBefore(block));
        memory.enterBlock();
        instructions.enterBlock();
        groups = PageGroups.of(block, kernels);
        count(block);
        for (int i = 0; i < block.count() - 1; i++) {
            instructions.emit(block.insn(i), firstSite + i);
        }
        branches.emit(block, firstSite + block.count() - 1, next);
        pendingBehind.put(block, flags.pending());
    }

    /** The flags that are pending on all ways to a block, if these are known and alike. */
    private int pendingBefore(PlannedBlock block) {
        if (plan.isEntry(block)) {
            return FlagsEmitter.UNKNOWN;
        }
        int pending = FlagsEmitter.UNKNOWN;
        for (PlannedBlock before : plan.predecessors(block)) {
            Integer behind = pendingBehind.get(before);
            if (behind == null
                    || behind == FlagsEmitter.UNKNOWN
                    || (pending != FlagsEmitter.UNKNOWN && pending != behind)) {
                return FlagsEmitter.UNKNOWN;
            }
            pending = behind;
        }
        return pending;
    }

    Label head(int delta) {
        Label label = heads.get(delta);
        if (label == null) {
            throw new IllegalStateException("no block at " + delta);
        }
        return label;
    }

    /** Takes the block's steps, or leaves if there are not that many. */
    private void count(PlannedBlock block) {
        Label tooFew = code.newLabel();
        code.lload(Locals.LEFT)
                .loadConstant((long) block.count())
                .lsub()
                .dup2()
                .lstore(Locals.LEFT)
                .lconst_0()
                .lcmp()
                .iflt(tooFew);
        stubs.add(
                () -> {
                    code.labelBinding(tooFew);
                    giveBack(block.count());
                    exitTo(block.delta);
                });
    }

    private void giveBack(int steps) {
        if (steps != 0) {
            code.lload(Locals.LEFT).loadConstant((long) steps).ladd().lstore(Locals.LEFT);
        }
    }

    /** Leaves the region. */
    void exitTo(long delta) {
        pushLinear(delta);
        code.lstore(Locals.NEXT).goto_(exit);
    }

    // --- what the other emitters ask for ---

    /** Where control leaves with the address to go to in a local. */
    Label exit() {
        return exit;
    }

    /** Where control leaves with all state in the vCPU. */
    Label exitState() {
        return exitState;
    }

    /** Has code emitted behind the blocks. */
    void stub(Runnable emission) {
        stubs.add(emission);
    }

    RegisterEmitter registers() {
        return registers;
    }

    Shape shapeOf(Insn insn) {
        Shape shape = insn.shape();
        if (shape == null) {
            throw new IllegalStateException("not translatable");
        }
        return shape;
    }

    int effects(Shape shape) {
        return kernels.of(shape.kernel());
    }

    DynamicConstantDesc<?> constant(Insn insn) {
        int index = sites.insns.indexOf(insn);
        return DynamicConstantDesc.ofNamed(
                ConstantDescs.ofConstantBootstrap(
                        CD_MethodHandles, "classDataAt", CD_Object, CD_int),
                ConstantDescs.DEFAULT_NAME,
                INSN,
                index);
    }

    int deltaAfter(int site) {
        return sites.deltas.get(site);
    }

    void pushLinear(long delta) {
        code.lload(Locals.BASE);
        if (delta != 0) {
            code.loadConstant(delta).ladd();
        }
    }

    /** Nobody reads the flags of an instruction, nor can see them. */
    boolean flagsAreDead(int site) {
        PlannedBlock block = current();
        for (int i = site - firstSite + 1; i < block.count(); i++) {
            Insn next = block.insn(i);
            Shape shape = shapeOf(next);
            if (ControlFlow.of(next) != ControlFlow.NONE
                    || InstructionClass.of(next, shape, effects(shape)) != InstructionClass.VALUES
                    || effects(shape) != 0
                    || (shape.needsAddress() && touchesMemory(shape))) {
                return false;
            }
            if (FlagsEmitter.overwrites(next, shape)) {
                return true;
            }
            if (!shape.row().flags().isEmpty()) {
                return false;
            }
        }
        return false;
    }

    private static boolean touchesMemory(Shape shape) {
        return shape.row().operands().stream().anyMatch(shape::isMemory);
    }

    /** The group of an instruction's memory operand. */
    void selectGroup(Insn insn, int site, MemoryEmitter forMemory) {
        PageGroups ofBlock = groups;
        int group = ofBlock == null ? PageGroups.NONE : ofBlock.of(site - firstSite, insn);
        forMemory.select(group, group > 0 && ofBlock != null && ofBlock.writes(group));
    }

    List<Instruction> expression(Method kernel) {
        return splicer.expression(kernel);
    }

    void stateRange(Label start, Label end) {
        code.exceptionCatchAll(start, end, handlerForState);
    }

    /** A label from which control leaves after an instruction, registers in locals. */
    Label leaveAfter(int site) {
        Label stub = code.newLabel();
        stubs.add(
                () -> {
                    code.labelBinding(stub);
                    giveBack(sites.uncounted.get(site));
                    exitTo(sites.deltas.get(site));
                });
        return stub;
    }

    /** The same with registers and RIP in the vCPU. */
    Label leaveStateAfter(int site) {
        Label stub = code.newLabel();
        stubs.add(
                () -> {
                    code.labelBinding(stub);
                    giveBack(sites.uncounted.get(site));
                    code.goto_(exitState);
                });
        return stub;
    }
}
