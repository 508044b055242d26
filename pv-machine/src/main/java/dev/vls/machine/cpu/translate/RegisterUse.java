package dev.vls.machine.cpu.translate;

import dev.vls.machine.cpu.Cpu;
import dev.vls.machine.cpu.Insn;
import dev.vls.machine.cpu.Operand;
import dev.vls.machine.cpu.Shape;

/** Which general registers an instruction uses, as bits. */
final class RegisterUse {
    static final int ALL = 0xFFFF;

    private static final int RAX = 1 << Cpu.RAX;
    private static final int RCX = 1 << Cpu.RCX;
    private static final int RDX = 1 << Cpu.RDX;
    private static final int RSP = 1 << Cpu.RSP;
    private static final int RBP = 1 << Cpu.RBP;
    private static final int RSI = 1 << Cpu.RSI;
    private static final int RDI = 1 << Cpu.RDI;

    private RegisterUse() {}

    /** Those that it reads or writes by name or by its nature, and translated code with it. */
    static int named(Insn insn) {
        Shape shape = insn.shape();
        if (shape == null) {
            return 0;
        }
        return InstructionClass.registersOf(insn, shape) | byNature(shape);
    }

    private static int byNature(Shape shape) {
        return switch (shape.row().kernel()) {
            case "Stack.push", "Stack.pop", "Branch.call", "Branch.ret", "Branch.retImmediate" ->
                    RSP;
            case "Stack.leave" -> RSP | RBP;
            default -> 0;
        };
    }

    /** Those that it may write. */
    static int written(Insn insn, Shape shape, int effects) {
        int registers = byNature(shape);
        for (Operand operand : shape.row().operands()) {
            int register = InstructionClass.registerOf(operand, insn, shape);
            if (operand.written() && register >= 0) {
                registers |= 1 << register;
            }
        }
        return registers | ((effects & KernelEffects.REGISTERS) != 0 ? byKernel(insn, shape) : 0);
    }

    /** Those that a kernel writes by itself; all where nothing else is known. */
    static int byKernel(Insn insn, Shape shape) {
        return switch (shape.row().kernel()) {
            case "MulDiv.mul", "MulDiv.imul", "MulDiv.div", "MulDiv.idiv" -> RAX | RDX;
            case "MulDiv.mulx" -> 0;
            case "Alu.cmpxchg" -> RAX;
            case "Alu.cmpxchgRegister" -> RAX | 1 << insn.rm;
            case "Alu.cmpxchg8b", "Alu.cmpxchg16b" -> RAX | RDX;
            case "Move.widenAccumulator", "Move.xlat", "FlagOps.lahf" -> RAX;
            case "Move.signIntoRdx" -> RDX;
            case "Bits.bsf", "Bits.bsr" -> 1 << insn.reg;
            case "Bits.btMemory", "Bits.btsMemory", "Bits.btrMemory", "Bits.btcMemory" -> 0;
            case "Strings.movs", "Strings.cmps" -> RSI | RDI | RCX;
            case "Strings.stos", "Strings.scas" -> RDI | RCX;
            case "Strings.lods" -> RSI | RCX | RAX;
            case "Stack.pushFlags", "Stack.popFlags", "Stack.popMemory" -> RSP;
            case "Stack.enter" -> RSP | RBP;
            default -> ALL;
        };
    }
}
