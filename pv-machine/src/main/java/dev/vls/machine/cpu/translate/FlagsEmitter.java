package dev.vls.machine.cpu.translate;

import static java.lang.constant.ConstantDescs.CD_boolean;
import static java.lang.constant.ConstantDescs.CD_int;
import static java.lang.constant.ConstantDescs.CD_long;
import static java.lang.constant.ConstantDescs.CD_void;

import dev.vls.machine.cpu.Flags;
import dev.vls.machine.cpu.Insn;
import dev.vls.machine.cpu.InstructionRow;
import dev.vls.machine.cpu.Shape;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.Label;
import java.lang.classfile.Opcode;
import java.lang.constant.ClassDesc;
import java.lang.constant.MethodTypeDesc;

/**
 * Flags within a translation: recorded as an operation and its operands in locals, evaluated where
 * they are read. While the emitter knows which operation it was, a condition becomes a comparison.
 */
final class FlagsEmitter {
    private static final ClassDesc LAZY = ClassDesc.of(LazyFlags.class.getName());
    private static final ClassDesc FLAGS = ClassDesc.of(Flags.class.getName());
    private static final ClassDesc CD_LONG_BOX = ClassDesc.of("java.lang.Long");
    private static final MethodTypeDesc SETTLE =
            MethodTypeDesc.of(CD_void, Locals.CPU_DESC, CD_int, CD_long, CD_long, CD_long);
    static final int UNKNOWN = -1;

    private final CodeBuilder code;

    private static final MethodTypeDesc SETTLE_ROTATE =
            MethodTypeDesc.of(CD_void, Locals.CPU_DESC, CD_int, CD_long, CD_long);

    /** The pending kind if it is known at this point of the translation, else {@link #UNKNOWN}. */
    private int kind = UNKNOWN;

    /** The rotate that is pending on top of it; there is none where blocks begin. */
    private int rotate = LazyFlags.SETTLED;

    /** Whether a rotate is ever pending in this translation. */
    private boolean rotates;

    FlagsEmitter(CodeBuilder code) {
        this.code = code;
    }

    /**
     * A block begins.
     *
     * @param pending what is pending on all ways to it, or {@link #UNKNOWN}
     */
    void enterBlock(int pending) {
        kind = pending;
    }

    /** What is pending at this place, or {@link #UNKNOWN}. */
    int pending() {
        return kind;
    }

    /** The operation that a row's recorder stands for, or -1 if it is not kept pending. */
    static int operation(InstructionRow row) {
        return switch (row.flags()) {
            case "add" -> row.kernel().equals("Alu.adc") ? LazyFlags.ADC : LazyFlags.ADD;
            case "sub" -> row.kernel().equals("Alu.sbb") ? LazyFlags.SBB : LazyFlags.SUB;
            case "logic" -> LazyFlags.LOGIC;
            case "neg" -> LazyFlags.NEG;
            case "inc" -> LazyFlags.INC;
            case "dec" -> LazyFlags.DEC;
            case "ShiftFlags.shl" -> LazyFlags.SHL;
            case "ShiftFlags.shr" -> LazyFlags.SHR;
            case "ShiftFlags.sar" -> LazyFlags.SAR;
            case "imul" -> LazyFlags.IMUL;
            default -> -1;
        };
    }

    /** Whether an instruction writes all flags, whatever its operands, and reads none. */
    static boolean overwrites(Insn insn, Shape shape) {
        return switch (operation(shape.row())) {
            case LazyFlags.ADD, LazyFlags.SUB, LazyFlags.LOGIC, LazyFlags.NEG, LazyFlags.IMUL ->
                    true;
            case LazyFlags.SHL, LazyFlags.SHR, LazyFlags.SAR ->
                    InstructionClass.hasConstantCount(insn, shape)
                            && InstructionClass.constantCount(insn, shape) != 0;
            default -> false;
        };
    }

    /** Whether an instruction's result depends on flags. */
    static boolean reads(InstructionRow row) {
        return switch (row.kernel()) {
            case "Branch.jcc", "Move.cmov", "Move.setcc", "Alu.adc", "Alu.sbb" -> true;
            default -> false;
        };
    }

    /** Whether a kernel writes all flags in the vCPU's fields, and reads none. */
    static boolean overwritesInState(InstructionRow row) {
        return switch (row.kernel()) {
            case "MulDiv.mul",
                    "MulDiv.imul",
                    "Bits.bsf",
                    "Bits.bsr",
                    "Bits.tzcnt",
                    "Bits.lzcnt",
                    "Bits.popcnt",
                    "Bits.andn",
                    "Bits.blsi",
                    "Bits.blsmsk",
                    "Bits.blsr",
                    "Bits.bextr",
                    "Bits.bzhi",
                    "SseFloat.comiss",
                    "SseFloat.comisd",
                    "SseFloat.ucomiss",
                    "SseFloat.ucomisd" ->
                    true;
            default -> false;
        };
    }

    /** The rotate of {@link LazyFlags} that an instruction is, or -1. */
    static int rotate(Insn insn, Shape shape) {
        if (!shape.row().flags().startsWith("ShiftFlags.ro")
                || !InstructionClass.hasConstantCount(insn, shape)) {
            return -1;
        }
        boolean keeps =
                shape.row().flags().endsWith("Immediate")
                        && InstructionClass.constantCount(insn, shape) != 1;
        if (shape.row().kernel().equals("Shift.rol")) {
            return keeps ? LazyFlags.ROL_KEEPING : LazyFlags.ROL;
        }
        return keeps ? LazyFlags.ROR_KEEPING : LazyFlags.ROR;
    }

    /**
     * Keeps a recorder's call pending.
     *
     * @param a local of the first operand
     * @param b local of the second operand, or -1
     */
    void pend(int operation, int width, int a, int b, int result) {
        if (operation == LazyFlags.INC || operation == LazyFlags.DEC) {
            settleRotate();
        }
        setRotate(LazyFlags.SETTLED);
        if (operation == LazyFlags.INC || operation == LazyFlags.DEC) {
            pushCarry();
            code.lstore(Locals.FLAGS_B);
        } else if (b >= 0 && operation != LazyFlags.LOGIC) {
            code.lload(b).lstore(Locals.FLAGS_B);
        }
        if (operation != LazyFlags.LOGIC) {
            code.lload(a).lstore(Locals.FLAGS_A);
        }
        code.lload(result).lstore(Locals.FLAGS_RESULT);
        setKind(LazyFlags.kind(operation, width));
    }

    /**
     * Keeps the recorder of a rotate by a constant pending.
     *
     * @param operation a rotate of {@link LazyFlags}
     * @param a local of the operand
     */
    void pendRotate(int operation, int width, int a, int result) {
        boolean keeps = operation >= LazyFlags.ROL_KEEPING;
        if (keeps && LazyFlags.operation(rotate) < LazyFlags.ROL_KEEPING) {
            settleRotate();
        }
        rotates = true;
        code.lload(a).lstore(Locals.ROTATE_A).lload(result).lstore(Locals.ROTATE_RESULT);
        setRotate(LazyFlags.rotateKind(operation, width));
    }

    private void setRotate(int newRotate) {
        if (rotate != newRotate) {
            code.loadConstant(newRotate).istore(Locals.ROTATE_KIND);
        }
        rotate = newRotate;
    }

    private void settleRotate() {
        if (rotate != LazyFlags.SETTLED) {
            settle();
        }
    }

    /** At the end of a block, whose successors know nothing of rotates. */
    void endBlock() {
        settleRotate();
    }

    /** A kernel is about to write all flags. */
    void overwrittenByKernel() {
        setRotate(LazyFlags.SETTLED);
        setKind(LazyFlags.SETTLED);
    }

    private void setKind(int newKind) {
        if (kind != newKind) {
            code.loadConstant(newKind).istore(Locals.FLAGS_KIND);
        }
        kind = newKind;
    }

    private void pushCarry() {
        if (kind > LazyFlags.SETTLED && LazyFlags.operation(kind) == LazyFlags.LOGIC) {
            code.lconst_0();
            return;
        }
        if (kind != UNKNOWN && kind != LazyFlags.SETTLED && canBranch(2)) {
            Label set = code.newLabel();
            Label end = code.newLabel();
            branchPending(2, set);
            code.lconst_0().goto_(end).labelBinding(set).lconst_1().labelBinding(end);
            return;
        }
        pushPending();
        code.invokestatic(
                LAZY,
                "carry",
                MethodTypeDesc.of(CD_long, Locals.CPU_DESC, CD_int, CD_long, CD_long, CD_long));
    }

    private void pushPending() {
        code.aload(Locals.CPU);
        if (kind == UNKNOWN) {
            code.iload(Locals.FLAGS_KIND);
        } else {
            code.loadConstant(kind);
        }
        code.lload(Locals.FLAGS_A).lload(Locals.FLAGS_B).lload(Locals.FLAGS_RESULT);
    }

    /** Makes the vCPU's fields right, and keeps them so until the next instruction with flags. */
    void settle() {
        if (kind != LazyFlags.SETTLED) {
            pushPending();
            code.invokestatic(LAZY, "settle", SETTLE);
            setKind(LazyFlags.SETTLED);
        }
        if (rotate != LazyFlags.SETTLED) {
            code.aload(Locals.CPU)
                    .loadConstant(rotate)
                    .lload(Locals.ROTATE_A)
                    .lload(Locals.ROTATE_RESULT)
                    .invokestatic(LAZY, "settleRotate", SETTLE_ROTATE);
            setRotate(LazyFlags.SETTLED);
        }
    }

    /** Takes over what the translation before left. */
    static void enter(CodeBuilder code) {
        code.aload(Locals.CPU)
                .getfield(Locals.CPU_DESC, "pendingFlags", CD_int)
                .istore(Locals.FLAGS_KIND);
        pending(code, "pendingA", Locals.FLAGS_A);
        pending(code, "pendingB", Locals.FLAGS_B);
        pending(code, "pendingResult", Locals.FLAGS_RESULT);
        code.aload(Locals.CPU).iconst_0().putfield(Locals.CPU_DESC, "pendingFlags", CD_int);
        code.iconst_0().istore(Locals.ROTATE_KIND);
        code.lconst_0().lstore(Locals.ROTATE_A);
        code.lconst_0().lstore(Locals.ROTATE_RESULT);
    }

    private static void pending(CodeBuilder code, String field, int local) {
        code.aload(Locals.CPU).getfield(Locals.CPU_DESC, field, CD_long).lstore(local);
    }

    /** Leaves what is pending to whoever follows. */
    void leave() {
        if (rotates) {
            Label none = code.newLabel();
            code.iload(Locals.ROTATE_KIND).ifeq(none);
            settleAll();
            code.iconst_0().istore(Locals.FLAGS_KIND);
            code.labelBinding(none);
        }
        callWithPending("keep");
    }

    /** Settles where an instruction has faulted. */
    void settleAll() {
        callWithPending("settle");
        if (rotates) {
            code.aload(Locals.CPU)
                    .iload(Locals.ROTATE_KIND)
                    .lload(Locals.ROTATE_A)
                    .lload(Locals.ROTATE_RESULT)
                    .invokestatic(LAZY, "settleRotate", SETTLE_ROTATE);
        }
    }

    private void callWithPending(String method) {
        code.aload(Locals.CPU)
                .iload(Locals.FLAGS_KIND)
                .lload(Locals.FLAGS_A)
                .lload(Locals.FLAGS_B)
                .lload(Locals.FLAGS_RESULT)
                .invokestatic(LAZY, method, SETTLE);
    }

    /** Jumps if a condition (the low four bits of Jcc's opcode) holds. */
    void branchIf(int condition, Label target) {
        int pair = condition >> 1;
        if (pair != 2 && pair != 4) {
            settleRotate();
        }
        if (kind != UNKNOWN && kind != LazyFlags.SETTLED && canBranch(condition)) {
            branchPending(condition, target);
            return;
        }
        settle();
        code.aload(Locals.CPU)
                .loadConstant(condition)
                .invokestatic(
                        FLAGS, "condition", MethodTypeDesc.of(CD_boolean, Locals.CPU_DESC, CD_int))
                .ifne(target);
    }

    private boolean canBranch(int condition) {
        int pair = condition >> 1;
        return switch (LazyFlags.operation(kind)) {
            case LazyFlags.SUB -> pair != 0 && pair != 5;
            case LazyFlags.LOGIC -> pair != 5;
            case LazyFlags.NEG, LazyFlags.INC, LazyFlags.DEC -> pair == 1 || pair == 2 || pair == 4;
            case LazyFlags.ADD, LazyFlags.ADC, LazyFlags.SBB -> pair == 2 || pair == 4;
            case LazyFlags.SHL, LazyFlags.SHR, LazyFlags.SAR -> pair == 2 || pair == 4;
            default -> false;
        };
    }

    private void branchPending(int condition, Label target) {
        int width = LazyFlags.width(kind);
        boolean not = (condition & 1) != 0;
        int pair = condition >> 1;
        switch (LazyFlags.operation(kind)) {
            case LazyFlags.SUB -> branchAfterCompare(pair, not, width, target);
            case LazyFlags.LOGIC -> branchAfterLogic(pair, not, width, target);
            case LazyFlags.NEG -> {
                if (pair == 1) {
                    code.lload(Locals.FLAGS_A).lconst_0().lcmp();
                    code.branch(not ? Opcode.IFEQ : Opcode.IFNE, target);
                } else {
                    branchByResult(pair, not, width, target);
                }
            }
            case LazyFlags.INC, LazyFlags.DEC -> {
                if (pair == 1) {
                    code.lload(Locals.FLAGS_B).lconst_0().lcmp();
                    code.branch(not ? Opcode.IFEQ : Opcode.IFNE, target);
                } else {
                    branchByResult(pair, not, width, target);
                }
            }
            default -> branchByResult(pair, not, width, target);
        }
    }

    private void branchAfterCompare(int pair, boolean not, int width, Label target) {
        switch (pair) {
            case 1, 3 -> {
                // Operands narrower than 64 bits are zero-extended.
                code.lload(Locals.FLAGS_A).lload(Locals.FLAGS_B);
                if (width == 64) {
                    code.invokestatic(
                            CD_LONG_BOX,
                            "compareUnsigned",
                            MethodTypeDesc.of(CD_int, CD_long, CD_long));
                } else {
                    code.lcmp();
                }
                code.branch(less(pair == 3, not), target);
            }
            case 2 -> {
                code.lload(Locals.FLAGS_A).lload(Locals.FLAGS_B).lcmp();
                code.branch(not ? Opcode.IFNE : Opcode.IFEQ, target);
            }
            case 6, 7 -> {
                code.lload(Locals.FLAGS_A);
                narrow(width);
                code.lload(Locals.FLAGS_B);
                narrow(width);
                if (width == 64) {
                    code.lcmp().branch(less(pair == 7, not), target);
                } else {
                    code.branch(lessInt(pair == 7, not), target);
                }
            }
            default -> branchByResult(pair, not, width, target);
        }
    }

    private static Opcode less(boolean orEqual, boolean not) {
        if (orEqual) {
            return not ? Opcode.IFGT : Opcode.IFLE;
        }
        return not ? Opcode.IFGE : Opcode.IFLT;
    }

    private static Opcode lessInt(boolean orEqual, boolean not) {
        if (orEqual) {
            return not ? Opcode.IF_ICMPGT : Opcode.IF_ICMPLE;
        }
        return not ? Opcode.IF_ICMPGE : Opcode.IF_ICMPLT;
    }

    /** CF and OF are clear. */
    private void branchAfterLogic(int pair, boolean not, int width, Label target) {
        switch (pair) {
            case 0, 1 -> {
                if (not) {
                    code.goto_(target);
                }
            }
            case 3 -> branchByResult(2, not, width, target);
            case 6 -> branchByResult(4, not, width, target);
            case 7 -> {
                pushResult(width);
                code.branch(less(true, not), target);
            }
            default -> branchByResult(pair, not, width, target);
        }
    }

    /** ZF or SF. */
    private void branchByResult(int pair, boolean not, int width, Label target) {
        pushResult(width);
        if (pair == 2) {
            code.branch(not ? Opcode.IFNE : Opcode.IFEQ, target);
        } else {
            code.branch(less(false, not), target);
        }
    }

    /** An int with the sign of the result at its width. */
    private void pushResult(int width) {
        code.lload(Locals.FLAGS_RESULT);
        if (width == 64) {
            code.lconst_0().lcmp();
        } else {
            narrow(width);
        }
    }

    private void narrow(int width) {
        switch (width) {
            case 8 -> code.l2i().i2b();
            case 16 -> code.l2i().i2s();
            case 32 -> code.l2i();
            default -> {}
        }
    }
}
