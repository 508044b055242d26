package dev.vls.machine.cpu.translate;

import dev.vls.machine.cpu.Insn;
import dev.vls.machine.cpu.Operand;
import dev.vls.machine.cpu.Shape;

/** How an instruction ends its block. */
enum ControlFlow {
    /** Control goes on behind it. */
    NONE,
    JUMP,
    CONDITIONAL,
    CALL,
    INDIRECT_JUMP,
    INDIRECT_CALL,
    RETURN,
    /** Ends the block in a way of its own. */
    OTHER;

    static ControlFlow of(Insn insn) {
        Shape shape = insn.shape();
        if (shape == null || !shape.row().has("end")) {
            return NONE;
        }
        boolean direct =
                !shape.row().operands().isEmpty()
                        && shape.row().operands().getLast().kind() == Operand.Kind.TARGET;
        return switch (shape.row().kernel()) {
            case "Branch.jmp" -> direct ? JUMP : INDIRECT_JUMP;
            case "Branch.call" -> direct ? CALL : INDIRECT_CALL;
            case "Branch.jcc" -> CONDITIONAL;
            case "Branch.ret", "Branch.retImmediate" -> RETURN;
            default -> OTHER;
        };
    }
}
