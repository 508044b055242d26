package dev.vls.machine.cpu.translate;

import static java.lang.constant.ConstantDescs.CD_boolean;
import static java.lang.constant.ConstantDescs.CD_long;
import static java.lang.constant.ConstantDescs.CD_void;

import dev.vls.machine.cpu.Cpu;
import dev.vls.machine.cpu.Insn;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.Label;
import java.lang.constant.ClassDesc;
import java.lang.constant.MethodTypeDesc;
import org.jspecify.annotations.Nullable;

/** Emits the ends of blocks: jumps, calls, returns, and the ways out of the region. */
final class BranchEmitter {
    private static final ClassDesc MEMORY = ClassDesc.of(TranslatedMemory.class.getName());
    private static final ClassDesc CONTROL = ClassDesc.of(TranslatedControl.class.getName());
    private static final int TARGET = Locals.FREE + 40;

    private final CodeBuilder code;
    private final RegionCompiler region;
    private final RegionPlan plan;
    private final InstructionEmitter instructions;
    private final FlagsEmitter flags;
    private final MemoryEmitter memory;
    private final RegisterEmitter registers;

    /** The block at hand. */
    private PlannedBlock current;

    BranchEmitter(
            CodeBuilder code,
            RegionCompiler region,
            RegionPlan plan,
            InstructionEmitter instructions,
            FlagsEmitter flags,
            MemoryEmitter memory,
            RegisterEmitter registers) {
        this.code = code;
        this.region = region;
        this.plan = plan;
        this.instructions = instructions;
        this.flags = flags;
        this.memory = memory;
        this.registers = registers;
        this.current = plan.entry();
    }

    /**
     * Emits the last instruction of a block and the ways on.
     *
     * @param site its number
     * @param next the block that will be emitted next
     */
    void emit(PlannedBlock block, int site, @Nullable PlannedBlock next) {
        current = block;
        Insn insn = block.last();
        int end = block.end();
        long target = end + insn.immediate;
        if (ControlFlow.of(insn) != ControlFlow.NONE) {
            registers.flush();
            flags.endBlock();
        }
        switch (ControlFlow.of(insn)) {
            case NONE -> {
                instructions.emit(insn, site);
                registers.flush();
                flags.endBlock();
                goTo(end, next);
            }
            case JUMP -> branchTo(target, site, next);
            case CONDITIONAL -> {
                flags.branchIf(region.shapeOf(insn).form().condition(), branchLabel(target, site));
                goTo(end, next);
            }
            case CALL -> call(insn, target, site, next);
            case INDIRECT_JUMP -> {
                instructions.begin(insn, site);
                instructions.markSite();
                instructions.readTarget(TARGET);
                checkTarget();
                code.lload(TARGET).lstore(Locals.NEXT).goto_(region.exit());
            }
            case INDIRECT_CALL -> {
                instructions.begin(insn, site);
                instructions.markSite();
                instructions.readTarget(TARGET);
                pushReturn(site);
                checkTarget();
                commitPush();
                code.lload(TARGET).lstore(Locals.NEXT).goto_(region.exit());
            }
            case RETURN -> returns(insn, site);
            case OTHER -> {
                instructions.stateOnly(insn, site);
                code.goto_(region.exitState());
            }
        }
    }

    private void call(Insn insn, long target, int site, @Nullable PlannedBlock next) {
        pushReturnAddress(insn, site);
        Label leaving = code.newLabel();
        code.iload(Locals.LEAVE).ifne(leaving);
        region.stub(
                () -> {
                    code.labelBinding(leaving);
                    region.exitTo(target);
                });
        branchTo(target, site, next);
    }

    private void goTo(int delta, @Nullable PlannedBlock next) {
        if (plan.at(delta) == null) {
            region.exitTo(delta);
        } else if (changesPage(delta)) {
            crossTo(delta);
        } else if (next == null || next.delta != delta) {
            code.goto_(region.head(delta));
        }
    }

    private boolean changesPage(int delta) {
        PlannedBlock to = plan.at(delta);
        return to != null && to.page() != current.page();
    }

    /** Goes to a block in another page of the region, if the page still maps the same frame. */
    private void crossTo(int delta) {
        PlannedBlock to = plan.at(delta);
        if (to == null) {
            throw new IllegalStateException("no block at " + delta);
        }
        code.aload(Locals.CPU);
        region.pushLinear(delta);
        code.loadConstant(to.mfn)
                .invokestatic(
                        MEMORY,
                        "maps",
                        MethodTypeDesc.of(CD_boolean, Locals.CPU_DESC, CD_long, CD_long))
                .ifne(region.head(delta));
        region.exitTo(delta);
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
        region.pushLinear(target);
        code.lstore(TARGET);
        code.loadConstant(site).istore(Locals.SITE);
        checkTarget();
        code.lload(TARGET).lstore(Locals.NEXT).goto_(region.exit());
    }

    /** A label from which control gets to the target of a branch. */
    private Label branchLabel(long target, int site) {
        if (blockAt(target) != null && !changesPage((int) target)) {
            return region.head((int) target);
        }
        Label stub = code.newLabel();
        PlannedBlock from = current;
        region.stub(
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
        long target = region.deltaAfter(site) + insn.immediate;
        if (blockAt(target) == null || changesPage((int) target)) {
            region.pushLinear(target);
            code.lstore(TARGET);
            checkTarget();
        }
        commitPush();
    }

    private void pushReturn(int site) {
        code.lload(Locals.register(Cpu.RSP)).loadConstant(8L).lsub().lstore(Locals.FREE);
        region.pushLinear(region.deltaAfter(site));
        code.lstore(Locals.FREE + 2);
        instructions.selectStack();
        instructions.store(64, Locals.FREE, Locals.FREE + 2);
    }

    private void commitPush() {
        code.lload(Locals.FREE);
        instructions.setRegister(Cpu.RSP);
        registers.flush();
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
        if (region.shapeOf(insn).row().kernel().equals("Branch.retImmediate")) {
            release += insn.immediate;
        }
        code.lload(Locals.FREE).loadConstant(release).ladd();
        instructions.setRegister(Cpu.RSP);
        registers.flush();
        for (PlannedBlock caller : plan.blocks) {
            ControlFlow flow = ControlFlow.of(caller.last());
            int back = caller.end();
            if ((flow == ControlFlow.CALL || flow == ControlFlow.INDIRECT_CALL)
                    && plan.at(back) != null) {
                code.lload(TARGET);
                region.pushLinear(back);
                code.lcmp().ifeq(branchLabel(back, site));
            }
        }
        code.lload(TARGET).lstore(Locals.NEXT).goto_(region.exit());
    }
}
