package dev.vls.machine.cpu;

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
    Insn fresh() {
        return new InvalidInsn(vector);
    }
}
