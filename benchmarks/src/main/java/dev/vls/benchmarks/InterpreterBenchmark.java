package dev.vls.benchmarks;

import dev.vls.machine.cpu.Cpu;
import dev.vls.machine.cpu.FlatWorld;
import java.util.HexFormat;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Nanoseconds a guest instruction, by what the instruction costs. Each loop exercises one cost
 * centre of the interpreter; with {@code -prof gc} the allocation per instruction shows as well,
 * and must be zero.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(
        value = 1,
        jvmArgsAppend = {"--enable-native-access=ALL-UNNAMED", "-Xmx256m"})
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
public class InterpreterBenchmark {
    private static final int INSTRUCTIONS = 1_000_000;
    private static final long CODE = 0x40_0000;
    private static final long DATA = 0x1000_0000;
    private static final int DATA_BYTES = 64 << 20;

    /** A loop that never ends, as assembled by GNU as. */
    public enum Loop {
        /** add xor lea add shl and dec, jmp. */
        ALU("4801d84831c8488d54980383c31148c1e20321d149ffc8ebe7"),
        /** Seven loads of 1 to 8 bytes from one page, jmp. */
        LOAD("488b068b4e080fb65610488b5e184c8b4620448b4e284c8b5630ebe4"),
        /** Seven stores of 1 to 8 bytes to one page, jmp. */
        STORE("488906894e0888561048895e184c89462044894e284c895630ebe5"),
        /** Read-modify-write of 8, 32 and 64 bits, jmp. */
        READ_MODIFY_WRITE("8306014883460801ff4610804e1801ebef"),
        /** test/jne, cmp/je, inc/jns, nop, jmp. */
        BRANCH("85c075fc39c374f8ffc1790190ebf1"),
        /** call and ret. */
        CALL("e807000000e802000000ebf4c3"),
        /** A load from a new page each time, 32 MiB round: five instructions, one TLB miss. */
        TLB_MISS("488b064881c60010000081e6ffffff0181ce00000010ebe8"),
        /** rep movsq of one page, and four other instructions. */
        PAGE_COPY("4c89c64c89cfb900020000f348a5ebf0");

        private final String hex;

        Loop(String hex) {
            this.hex = hex;
        }
    }

    @Param public Loop loop = Loop.ALU;

    private FlatWorld world = new FlatWorld(0);

    @Setup
    public void map() {
        world.close();
        world = new FlatWorld(DATA_BYTES + (1 << 20));
        byte[] code = HexFormat.of().parseHex(loop.hex);
        world.map(CODE, code.length, code);
        world.map(DATA, DATA_BYTES, new byte[0]);
        Cpu cpu = world.cpu();
        cpu.setRip(CODE);
        cpu.gpr[Cpu.RSP] = DATA + 0x8000;
        cpu.gpr[Cpu.RSI] = DATA;
        cpu.gpr[8] = DATA;
        cpu.gpr[9] = DATA + 0x3000;
        cpu.gpr[Cpu.RAX] = 1;
        cpu.gpr[Cpu.RBX] = 2;
    }

    @TearDown
    public void unmap() {
        world.close();
    }

    @Benchmark
    @OperationsPerInvocation(INSTRUCTIONS)
    public Object instruction() {
        return world.run(INSTRUCTIONS);
    }
}
