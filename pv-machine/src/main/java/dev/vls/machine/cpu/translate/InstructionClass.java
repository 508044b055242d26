package dev.vls.machine.cpu.translate;

import dev.vls.machine.cpu.Cpu;
import dev.vls.machine.cpu.Insn;
import dev.vls.machine.cpu.InstructionRow;
import dev.vls.machine.cpu.Operand;
import dev.vls.machine.cpu.Operand.Kind;
import dev.vls.machine.cpu.Shape;

/** How an instruction is translated, which follows from its row and its kernel's effects. */
enum InstructionClass {
    /** The kernel computes with values. */
    VALUES,
    /** CMOVcc and SETcc. */
    CONDITION,
    PUSH,
    POP,
    LEAVE,
    /** XMM registers, by {@link SseEmitter}. */
    SSE,
    /** The interpreter's form runs, and touches no registers but its operands. */
    REGISTERS_APART,
    /** The interpreter's form runs on all of the state. */
    STATE;

    static InstructionClass of(Insn insn, Shape shape, int effects) {
        InstructionRow row = shape.row();
        switch (row.kernel()) {
            case "Move.cmov", "Move.setcc" -> {
                return CONDITION;
            }
            case "Stack.push" -> {
                return PUSH;
            }
            case "Stack.pop" -> {
                return POP;
            }
            case "Stack.leave" -> {
                return shape.form().operandSize() == 64 ? LEAVE : STATE;
            }
            default -> {}
        }
        boolean toMemory = false;
        boolean registers = (effects & KernelEffects.REGISTERS) != 0;
        boolean known = registers && RegisterUse.byKernel(insn, shape) != RegisterUse.ALL;
        boolean general = known || !takesInsn(shape);
        for (Operand operand : row.operands()) {
            toMemory |= operand.written() && shape.isMemory(operand);
            general &= isGeneral(operand);
        }
        if (registers && !(known && general && (effects & KernelEffects.STORE) == 0)) {
            return STATE;
        }
        // A kernel may not change flags before a store that can still be refused.
        if (toMemory && (effects & KernelEffects.FLAGS_WRITE) != 0) {
            return STATE;
        }
        if (SseEmitter.suits(shape, effects)) {
            return SSE;
        }
        boolean plain = !row.has("sse") && !row.has("mmx") && !row.has("fpu") && !row.has("end");
        boolean reaches = (effects & KernelEffects.STORE) != 0;
        if (plain && general && !reaches) {
            return VALUES;
        }
        return row.has("end") || registers ? STATE : REGISTERS_APART;
    }

    private static boolean takesInsn(Shape shape) {
        for (Class<?> type : shape.kernel().getParameterTypes()) {
            if (type == Insn.class) {
                return true;
            }
        }
        return false;
    }

    /** Whether values() can read and write it. */
    private static boolean isGeneral(Operand operand) {
        return switch (operand.kind()) {
            case RM, REG, OPCODE_REG, VVVV, ACCUMULATOR, CL, IMMEDIATE, ONE, ADDRESS, OFFSET ->
                    true;
            case UNSIGNED_IMMEDIATE -> true;
            default -> false;
        };
    }

    /** The general register that an operand is, or -1 for memory and other kinds. */
    static int registerOf(Operand operand, Insn insn, Shape shape) {
        if (shape.isMemory(operand)) {
            return -1;
        }
        int register =
                switch (operand.kind()) {
                    case RM, OPCODE_REG -> insn.rm;
                    case REG -> insn.reg;
                    case VVVV -> insn.vvvv;
                    case ACCUMULATOR -> Cpu.RAX;
                    case CL -> Cpu.RCX;
                    default -> -1;
                };
        return register >= 0 && shape.bits(operand) == 8 && isHigh(operand, shape)
                ? register - 4
                : register;
    }

    /** Whether an operand of 8 bits is AH, CH, DH or BH. */
    static boolean isHigh(Operand operand, Shape shape) {
        return switch (operand.kind()) {
            case RM, OPCODE_REG -> shape.form().highRm();
            case REG -> shape.form().highReg();
            default -> false;
        };
    }

    /** The general registers that an instruction names, as bits. */
    static int registersOf(Insn insn, Shape shape) {
        int registers = 0;
        if (insn.base < 16) {
            registers |= 1 << insn.base;
        }
        if (insn.index < 16) {
            registers |= 1 << insn.index;
        }
        for (Operand operand : shape.row().operands()) {
            int register = registerOf(operand, insn, shape);
            if (register >= 0) {
                registers |= 1 << register;
            }
        }
        return registers;
    }

    /** Whether a shift's count is known, for {@link #constantCount}. */
    static boolean hasConstantCount(Insn insn, Shape shape) {
        Kind kind = shape.row().operands().getLast().kind();
        return kind == Kind.ONE || kind == Kind.IMMEDIATE;
    }

    /** The count of a shift as the processor takes it. */
    static int constantCount(Insn insn, Shape shape) {
        Kind kind = shape.row().operands().getLast().kind();
        return kind == Kind.ONE ? 1 : (int) insn.immediate & (shape.width() == 64 ? 63 : 31);
    }
}
