package dev.vls.machine.cpu.translate;

import dev.vls.machine.cpu.Cpu;
import dev.vls.machine.cpu.Insn;
import dev.vls.machine.cpu.Shape;

/** Which general registers translated code keeps in locals for an instruction, as bits. */
final class RegisterUse {
    private static final int RSP = 1 << Cpu.RSP;
    private static final int RBP = 1 << Cpu.RBP;

    private RegisterUse() {}

    /** Those that it reads or writes by name or by its nature. */
    static int named(Insn insn) {
        Shape shape = insn.shape;
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
}
