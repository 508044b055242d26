package dev.vls.machine.cpu;

import org.jspecify.annotations.Nullable;

/** An encoding that raises an exception, and nothing else. */
final class InvalidInsn extends Insn {
    private final int vector;

    InvalidInsn(int vector) {
        this.vector = vector;
    }

    @Override
    public void execute(Cpu cpu) {
        throw cpu.raise(vector);
    }

    @Override
    public @Nullable Shape shape() {
        return null;
    }

    @Override
    Insn fresh() {
        return new InvalidInsn(vector);
    }
}
