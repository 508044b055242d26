package dev.vls.machine.cpu.translate;

import dev.vls.machine.cpu.Cpu;
import dev.vls.machine.cpu.Operand;
import dev.vls.machine.cpu.Shape;
import java.lang.classfile.CodeBuilder;

/** Emits PUSH, POP and LEAVE, whose stack pointer is in a local. */
final class StackEmitter {
    private final CodeBuilder code;
    private final InstructionEmitter instructions;
    private final MemoryEmitter memory;

    StackEmitter(CodeBuilder code, InstructionEmitter instructions, MemoryEmitter memory) {
        this.code = code;
        this.instructions = instructions;
        this.memory = memory;
    }

    void push(Shape shape) {
        Operand operand = shape.row().operands().getFirst();
        int bits = shape.width();
        if (shape.needsAddress()) {
            instructions.storeAddress();
        }
        instructions.markSite();
        instructions.read(operand, KernelEmitter.VALUES);
        code.lload(Locals.register(Cpu.RSP)).loadConstant((long) (bits / 8)).lsub();
        code.lstore(InstructionEmitter.ADDRESS);
        instructions.selectStack();
        instructions.store(bits, InstructionEmitter.ADDRESS, KernelEmitter.VALUES);
        code.lload(InstructionEmitter.ADDRESS);
        instructions.setRegister(Cpu.RSP);
    }

    void pop(Shape shape) {
        Operand operand = shape.row().operands().getFirst();
        int bits = shape.width();
        instructions.markSite();
        code.lload(Locals.register(Cpu.RSP)).lstore(InstructionEmitter.ADDRESS);
        instructions.selectStack();
        memory.load(bits, InstructionEmitter.ADDRESS);
        code.lstore(InstructionEmitter.RESULT);
        code.lload(InstructionEmitter.ADDRESS).loadConstant((long) (bits / 8)).ladd();
        instructions.setRegister(Cpu.RSP);
        instructions.write(operand, InstructionEmitter.RESULT);
    }

    void leave() {
        instructions.markSite();
        code.lload(Locals.register(Cpu.RBP)).lstore(InstructionEmitter.ADDRESS);
        instructions.selectStack();
        memory.load(64, InstructionEmitter.ADDRESS);
        code.lload(InstructionEmitter.ADDRESS).loadConstant(8L).ladd();
        instructions.setRegister(Cpu.RSP);
        instructions.setRegister(Cpu.RBP);
    }
}
