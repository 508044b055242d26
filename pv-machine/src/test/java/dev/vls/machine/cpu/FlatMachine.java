package dev.vls.machine.cpu;

import dev.vls.machine.cpu.fp.HostOracle;
import dev.vls.machine.cpu.sse.ExtendedState;
import dev.vls.machine.cpu.sse.FxsaveImage;
import dev.vls.machine.memory.MachineMemory;
import dev.vls.machine.memory.PageWalker;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/** A CPU with a code page and a data page at the addresses that the host oracle uses. */
final class FlatMachine implements AutoCloseable, Supervisor {
    private static final long CODE_ADDRESS = 0x10000000L;
    static final long MEMORY_ADDRESS = 0x10010000L;
    private static final int PRESENT_WRITABLE_USER = 7;
    private static final int NO_EXCEPTION = -1;

    /** Without the bytes that FXSAVE does not write. */
    private static final int IMAGE_COMPARED_BYTES = 416;

    private static final int MXCSR_OFFSET = 24;

    private final MachineMemory memory = MachineMemory.allocate(64 << MachineMemory.PAGE_SHIFT);
    private final CodeCache codeCache = new CodeCache(memory);
    private final Interpreter interpreter = new Interpreter(codeCache);
    final Cpu cpu = new Cpu(0, memory, new PageWalker(memory), this);
    private final ByteBuffer image =
            ByteBuffer.allocate(FxsaveImage.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    private int vector = NO_EXCEPTION;

    FlatMachine() {
        memory.setObserver(codeCache);
        codeCache.register(cpu);
        for (int level = 1; level < 4; level++) {
            memory.setLong(level << 12, ((long) level + 1) << 12 | PRESENT_WRITABLE_USER);
        }
        // 0x10000000 is entry 0x80 of its level-2 table
        memory.setLong((3 << 12) + 0x80 * 8, 4L << 12 | PRESENT_WRITABLE_USER);
        memory.setLong(4 << 12, 5L << 12 | PRESENT_WRITABLE_USER);
        memory.setLong((4 << 12) + 0x10 * 8, 6L << 12 | PRESENT_WRITABLE_USER);
        cpu.setRoot(0, 1 << 12);
        cpu.setMode(0);
        cpu.xcr0 = ExtendedState.X87 | ExtendedState.SSE;
    }

    @Override
    public void close() {
        memory.close();
    }

    void setCode(byte[] code) {
        for (int i = 0; i < 16; i++) {
            cpu.store8(CODE_ADDRESS + i, i < code.length ? code[i] & 0xFF : 0xCC);
        }
    }

    void load(ByteBuffer batch, int offset, int memoryBytes) {
        if (!FxsaveImage.load(cpu, batch, offset)) {
            throw new IllegalArgumentException("MXCSR of the record");
        }
        int registers = offset + HostOracle.REGISTERS_OFFSET;
        cpu.gpr[Cpu.RAX] = batch.getLong(registers);
        cpu.gpr[Cpu.RCX] = batch.getLong(registers + 8);
        cpu.gpr[Cpu.RDX] = batch.getLong(registers + 16);
        cpu.gpr[Cpu.RSI] = batch.getLong(registers + 24);
        cpu.gpr[Cpu.RDI] = MEMORY_ADDRESS;
        cpu.setRflags(batch.getLong(registers + 32));
        for (int i = 0; i < memoryBytes; i++) {
            memory.setByte((6 << 12) + i, batch.get(offset + HostOracle.STATE_BYTES + i));
        }
    }

    /** Executes one instruction. */
    void step() {
        vector = NO_EXCEPTION;
        cpu.setRip(CODE_ADDRESS);
        interpreter.run(cpu, cpu.instructionCount + 1);
    }

    /** The vector of the last step's exception, or -1. */
    int vector() {
        return vector;
    }

    /** All registers, and the data page, for comparison. */
    List<Long> state() {
        List<Long> all = new ArrayList<>();
        all.add((long) cpu.rflags());
        FxsaveImage.store(cpu, image, 0);
        for (int i = 0; i < FxsaveImage.BYTES; i += 8) {
            all.add(image.getLong(i));
        }
        for (int i = 0; i < 16; i++) {
            all.add(cpu.gpr[i]);
        }
        for (int i = 0; i < MachineMemory.PAGE_SIZE; i += 8) {
            all.add(memory.getLong((6 << 12) + i));
        }
        return all;
    }

    /** The signal that a host process gets for the exception of the last step, or zero. */
    private int signal() {
        return switch (vector) {
            case NO_EXCEPTION -> 0;
            case Vector.MF, Vector.XM -> 8;
            case Vector.UD -> 4;
            case Vector.SS -> 7;
            default -> 11;
        };
    }

    String difference(ByteBuffer batch, int offset, int memoryBytes) {
        StringBuilder text = new StringBuilder();
        int registers = offset + HostOracle.REGISTERS_OFFSET;
        int signal = (int) batch.getLong(registers + 40);
        compare(text, "signal", signal(), signal);
        FxsaveImage.store(cpu, image, 0);
        for (int i = 0; i < IMAGE_COMPARED_BYTES; i += 8) {
            if (i != MXCSR_OFFSET) {
                compare(text, "image" + i, image.getLong(i), batch.getLong(offset + i));
            }
        }
        compare(text, "mxcsr", cpu.mxcsr.get(), batch.getInt(offset + MXCSR_OFFSET));
        compare(text, "rax", cpu.gpr[Cpu.RAX], batch.getLong(registers));
        compare(text, "rcx", cpu.gpr[Cpu.RCX], batch.getLong(registers + 8));
        compare(text, "rdx", cpu.gpr[Cpu.RDX], batch.getLong(registers + 16));
        compare(text, "rsi", cpu.gpr[Cpu.RSI], batch.getLong(registers + 24));
        compare(text, "flags", cpu.rflags() & 0x8D5, batch.getLong(registers + 32) & 0x8D5);
        for (int i = 0; i < memoryBytes; i++) {
            int ours = memory.getByte((6 << 12) + i) & 0xFF;
            compare(text, "mem" + i, ours, batch.get(offset + HostOracle.STATE_BYTES + i) & 0xFF);
        }
        return text.toString();
    }

    private static void compare(StringBuilder text, String what, long ours, long host) {
        if (ours != host && text.length() < 400) {
            text.append(String.format(" %s ours=%x host=%x", what, ours, host));
        }
    }

    @Override
    public void exception(Cpu unused, int raisedVector, int errorCode) {
        vector = raisedVector;
    }

    @Override
    public void syscall(Cpu unused) {
        throw new IllegalStateException("SYSCALL");
    }

    @Override
    public void softwareInterrupt(Cpu unused, int number, long instructionRip) {
        throw new IllegalStateException("INT");
    }

    @Override
    public void cpuid(Cpu unused) {
        throw new IllegalStateException("CPUID");
    }

    @Override
    public long timestampCounter(Cpu unused) {
        return 0;
    }

    @Override
    public int timestampAux(Cpu unused) {
        return 0;
    }

    @Override
    public long descriptor(Cpu unused, int selector) {
        return 0;
    }
}
