package dev.vls.machine.cpu.translate;

import static java.lang.constant.ConstantDescs.CD_MethodHandles;
import static java.lang.constant.ConstantDescs.CD_Object;
import static java.lang.constant.ConstantDescs.CD_boolean;
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
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.DynamicConstantDesc;
import java.lang.constant.MethodTypeDesc;
import java.lang.reflect.Method;
import java.util.ArrayList;
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
    private static final ClassDesc CONTROL = ClassDesc.of(TranslatedControl.class.getName());
    private static final ClassDesc INSN = ClassDesc.of(Insn.class.getName());
    private static final ClassDesc LONGS = CD_long.arrayType();
    private static final ClassDesc SELF =
            ClassDesc.of(RegionCompiler.class.getPackageName() + ".Region");
    private static final MethodTypeDesc CONSTRUCTOR =
            MethodTypeDesc.of(
                    CD_void, INSN.arrayType(), CD_int.arrayType(), CD_int.arrayType(), CD_int);
    private static final int TARGET = Locals.FREE + 40;

    private final RegionPlan plan;
    private final KernelEffects kernels;
    private final KernelSplicer splicer;
    private final CodeBuilder code;
    private final FlagsEmitter flags;
    private final MemoryEmitter memory;
    private final InstructionEmitter instructions;
    private final Sites sites;

    private final Map<Integer, Label> heads = new TreeMap<>();
    private final List<Runnable> stubs = new ArrayList<>();
    private final Label exit;
    private final Label exitState;
    private final Label handlerForState;

    /** Registers that some instruction names. */
    private final int named;

    /** Halves of XMM registers that are kept in locals, by their index in {@link Cpu#xmm}. */
    private final int namedXmm;

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
        this.instructions = new InstructionEmitter(code, this, flags, memory, plan.entry().insn(0));
        this.exit = code.newLabel();
        this.exitState = code.newLabel();
        this.handlerForState = code.newLabel();
        int allNamed = 0;
        int halves = 0;
        for (PlannedBlock block : plan.blocks) {
            heads.put(block.delta, code.newLabel());
            for (int i = 0; i < block.count(); i++) {
                allNamed |= RegisterUse.named(block.insn(i));
                Shape shape = shapeOf(block.insn(i));
                if (InstructionClass.of(block.insn(i), shape, effects(shape))
                        == InstructionClass.SSE) {
                    halves |= SseEmitter.named(block.insn(i), shape);
                }
            }
        }
        this.named = allNamed;
        this.namedXmm = halves;
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
        for (int i = 0; i < plan.blocks.size(); i++) {
            PlannedBlock block = plan.blocks.get(i);
            PlannedBlock next = i + 1 < plan.blocks.size() ? plan.blocks.get(i + 1) : null;
            block(block, next);
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
                .loadConstant(-4096L)
                .land()
                .lstore(Locals.BASE);
        tlbArray("readTags", Locals.READ_TAGS);
        tlbArray("writeTags", Locals.WRITE_TAGS);
        tlbArray("addends", Locals.ADDENDS);
        memory.enterRegion();
        code.lconst_0().lstore(Locals.NEXT);
        code.iconst_0().istore(Locals.SITE);
        code.iconst_0().istore(Locals.LEAVE);
        FlagsEmitter.enter(code);
        reload(RegisterUse.ALL);
        code.aload(Locals.CPU).getfield(Locals.CPU_DESC, "xmm", LONGS).astore(Locals.XMM);
        reloadXmm(namedXmm);
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

    /** Registers whose locals are ahead of the vCPU, as bits. */
    private int unwritten;

    private int unwrittenXmm;

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
        flags.forget();
        memory.enterBlock();
        instructions.enterBlock();
        groups = PageGroups.of(block, kernels);
        count(block);
        for (int i = 0; i < block.count() - 1; i++) {
            instructions.emit(block.insn(i), firstSite + i);
        }
        last(block, firstSite + block.count() - 1, next);
    }

    private Label head(int delta) {
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

    private void exitTo(long delta) {
        pushLinear(delta);
        code.lstore(Locals.NEXT).goto_(exit);
    }

    private void last(PlannedBlock block, int site, @Nullable PlannedBlock next) {
        Insn insn = block.last();
        int end = block.end();
        long target = end + insn.immediate;
        if (ControlFlow.of(insn) != ControlFlow.NONE) {
            flushRegisters();
            flags.endBlock();
        }
        switch (ControlFlow.of(insn)) {
            case NONE -> {
                instructions.emit(insn, site);
                flushRegisters();
                flags.endBlock();
                goTo(end, next);
            }
            case JUMP -> branchTo(target, site, next);
            case CONDITIONAL -> {
                flags.branchIf(shapeOf(insn).form().condition(), branchLabel(target, site));
                goTo(end, next);
            }
            case CALL -> {
                pushReturnAddress(insn, site);
                Label leaving = code.newLabel();
                code.iload(Locals.LEAVE).ifne(leaving);
                PlannedBlock from = block;
                stubs.add(
                        () -> {
                            code.labelBinding(leaving);
                            current = from;
                            pushLinear(target);
                            code.lstore(Locals.NEXT).goto_(exit);
                        });
                branchTo(target, site, next);
            }
            case INDIRECT_JUMP -> {
                instructions.begin(insn, site);
                instructions.markSite();
                instructions.readTarget(TARGET);
                checkTarget();
                code.lload(TARGET).lstore(Locals.NEXT).goto_(exit);
            }
            case INDIRECT_CALL -> {
                instructions.begin(insn, site);
                instructions.markSite();
                instructions.readTarget(TARGET);
                pushReturn(site);
                checkTarget();
                commitPush();
                code.lload(TARGET).lstore(Locals.NEXT).goto_(exit);
            }
            case RETURN -> returns(insn, site);
            case OTHER -> {
                instructions.stateOnly(insn, site);
                code.goto_(exitState);
            }
        }
    }

    private void goTo(int delta, @Nullable PlannedBlock next) {
        if (plan.at(delta) == null) {
            exitTo(delta);
        } else if (changesPage(delta)) {
            crossTo(delta);
        } else if (next == null || next.delta != delta) {
            code.goto_(head(delta));
        }
    }

    private boolean changesPage(int delta) {
        PlannedBlock to = plan.at(delta);
        return to != null && to.page() != current().page();
    }

    /** Goes to a block in another page of the region, if the page still maps the same frame. */
    private void crossTo(int delta) {
        PlannedBlock to = plan.at(delta);
        if (to == null) {
            throw new IllegalStateException("no block at " + delta);
        }
        code.aload(Locals.CPU);
        pushLinear(delta);
        code.loadConstant(to.mfn)
                .invokestatic(
                        MEMORY,
                        "maps",
                        MethodTypeDesc.of(CD_boolean, Locals.CPU_DESC, CD_long, CD_long))
                .ifne(head(delta));
        exitTo(delta);
    }

    private @Nullable PlannedBlock blockAt(long delta) {
        return delta == (int) delta ? plan.at((int) delta) : null;
    }

    /** Jumps to the target of a branch. */
    private void branchTo(long target, int site, @Nullable PlannedBlock next) {
        if (blockAt(target) != null) {
            goTo((int) target, next);
            return;
        }
        pushLinear(target);
        code.lstore(TARGET);
        code.loadConstant(site).istore(Locals.SITE);
        checkTarget();
        code.lload(TARGET).lstore(Locals.NEXT).goto_(exit);
    }

    /** A label from which control gets to the target of a branch. */
    private Label branchLabel(long target, int site) {
        if (blockAt(target) != null && !changesPage((int) target)) {
            return head((int) target);
        }
        Label stub = code.newLabel();
        PlannedBlock from = current();
        stubs.add(
                () -> {
                    current = from;
                    code.labelBinding(stub);
                    branchTo(target, site, null);
                });
        return stub;
    }

    /** Pushes the return address of a direct call. RSP changes, for its target is canonical. */
    private void pushReturnAddress(Insn insn, int site) {
        instructions.begin(insn, site);
        instructions.markSite();
        pushReturn(site);
        long target = sites.deltas.get(site) + insn.immediate;
        if (blockAt(target) == null || changesPage((int) target)) {
            pushLinear(target);
            code.lstore(TARGET);
            checkTarget();
        }
        commitPush();
    }

    private void pushReturn(int site) {
        code.lload(Locals.register(Cpu.RSP)).loadConstant(8L).lsub().lstore(Locals.FREE);
        pushLinear(sites.deltas.get(site));
        code.lstore(Locals.FREE + 2);
        instructions.selectStack();
        instructions.store(64, Locals.FREE, Locals.FREE + 2);
    }

    private void commitPush() {
        code.lload(Locals.FREE);
        instructions.setRegister(Cpu.RSP);
        flushRegisters();
    }

    private void checkTarget() {
        code.aload(Locals.CPU)
                .lload(TARGET)
                .invokestatic(
                        CONTROL,
                        "checkTarget",
                        MethodTypeDesc.of(CD_void, Locals.CPU_DESC, CD_long));
    }

    /** RET: to the place behind one of the region's calls if it is one of them. */
    private void returns(Insn insn, int site) {
        instructions.begin(insn, site);
        instructions.markSite();
        code.lload(Locals.register(Cpu.RSP)).lstore(Locals.FREE);
        instructions.selectStack();
        memory.load(64, Locals.FREE);
        code.lstore(TARGET);
        checkTarget();
        long release = 8;
        if (shapeOf(insn).row().kernel().equals("Branch.retImmediate")) {
            release += insn.immediate;
        }
        code.lload(Locals.FREE).loadConstant(release).ladd();
        instructions.setRegister(Cpu.RSP);
        flushRegisters();
        for (PlannedBlock caller : plan.blocks) {
            ControlFlow flow = ControlFlow.of(caller.last());
            int back = caller.end();
            if ((flow == ControlFlow.CALL || flow == ControlFlow.INDIRECT_CALL)
                    && plan.at(back) != null) {
                code.lload(TARGET);
                pushLinear(back);
                code.lcmp().ifeq(branchLabel(back, site));
            }
        }
        code.lload(TARGET).lstore(Locals.NEXT).goto_(exit);
    }

    // --- what InstructionEmitter asks for ---

    Shape shapeOf(Insn insn) {
        Shape shape = insn.shape;
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

    /**
     * A register's local has a new value. The vCPU gets it before the next place where it could be
     * seen there.
     */
    void written(int register) {
        unwritten |= 1 << register;
    }

    void flushRegisters() {
        for (int register = 0; register < 16; register++) {
            if ((unwritten & 1 << register) != 0) {
                code.aload(Locals.GPR)
                        .loadConstant(register)
                        .lload(Locals.register(register))
                        .lastore();
            }
        }
        unwritten = 0;
        for (int index = 0; index < Cpu.XMM_SCRATCH; index++) {
            if ((unwrittenXmm & 1 << index) != 0) {
                code.aload(Locals.XMM).loadConstant(index).lload(Locals.xmm(index)).lastore();
            }
        }
        unwrittenXmm = 0;
    }

    /** As {@link #written}, for half an XMM register. */
    void writtenXmm(int index) {
        unwrittenXmm |= 1 << index;
    }

    /** As {@link #reload}, for halves of XMM registers. */
    void reloadXmm(int halves) {
        for (int index = 0; index < Cpu.XMM_SCRATCH; index++) {
            if ((halves & namedXmm & 1 << index) != 0) {
                code.aload(Locals.XMM).loadConstant(index).laload().lstore(Locals.xmm(index));
            }
        }
    }

    /** Takes registers from the vCPU, as far as anybody needs them. */
    void reload(int registers) {
        for (int register = 0; register < 16; register++) {
            if ((registers & named & 1 << register) != 0) {
                code.aload(Locals.GPR)
                        .loadConstant(register)
                        .laload()
                        .lstore(Locals.register(register));
            }
        }
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
